// Whether a sentence about a film is friendly: TextVectorization, an embedding and an LSTM in both
// directions, trained on sentences as they are.

#include <keras/datasets/numpy_shuffle.h>
#include <keras/keras.h>

#include <algorithm>
#include <cstdio>

#include "example_data.h"
#include "example_plot.h"

using namespace keras;

namespace {

/// ISO 8859-1 as UTF-8.
std::string to_utf8(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

/// How many sentences of each kind get which score, in steps of a twentieth.
void show(const std::vector<float>& scores, const std::vector<float>& labels) {
  std::vector<std::vector<double>> counts(2, std::vector<double>(20));
  for (std::size_t i = 0; i < scores.size(); ++i)
    counts[labels[i] > 0.5f][std::min<std::size_t>(19, static_cast<std::size_t>(scores[i] * 20))] +=
        1;
  example::plot("text_sentiment.png", counts,
                "set xrange [0:1]\nset xlabel 'score'\nset style fill transparent solid 0.5\n"
                "set boxwidth 0.05\nset key top center\n"
                "plot $data using ($0 / 20 + 0.025):1 with boxes linecolor rgb '#3182bd' title "
                "'unfriendly sentences', $data using ($0 / 20 + 0.025):2 with boxes linecolor rgb "
                "'#e6550d' title 'friendly sentences'");
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  std::vector<std::string> sentences;
  std::vector<float> labels;
  for (const auto& [name, label] :
       {std::pair{"text/rt-polarity.neg", 0.0f}, {"text/rt-polarity.pos", 1.0f}})
    for (const auto& line : example::read_lines(example::find(arguments, name))) {
      sentences.push_back(to_utf8(line));
      labels.push_back(label);
    }
  utils::set_random_seed(arguments.seed);
  // The order of numpy.random.RandomState(seed).shuffle.
  const auto order = datasets::numpy_shuffle(labels.size(), static_cast<unsigned>(arguments.seed));
  std::vector<std::string> x;
  std::vector<float> y;
  for (const auto i : order) {
    x.push_back(sentences[i]);
    y.push_back(labels[i]);
  }
  const std::size_t cut = x.size() - 1662, used = arguments.quick ? 1000 : cut;
  const auto part = [&](std::size_t begin, std::size_t end) {
    const auto first = static_cast<std::ptrdiff_t>(begin), last = static_cast<std::ptrdiff_t>(end);
    const auto count = static_cast<std::int64_t>(end - begin);
    return std::pair{
        string_tensor({x.begin() + first, x.begin() + last}, {count, 1}),
        Tensor::from(std::vector<float>(y.begin() + first, y.begin() + last), {count, 1})};
  };
  const auto [train_x, train_y] = part(0, used);
  const auto [test_x, test_y] = part(cut, x.size());

  const layers::TextVectorization vectorize({.max_tokens = 12000, .output_sequence_length = 32});
  vectorize.adapt(train_x);
  const Sequential model({
      Input({1}, {.dtype = "string"}),
      vectorize,
      layers::Embedding(12000, 64, {.mask_zero = true}),
      layers::Dropout(0.5),
      layers::Bidirectional(layers::LSTM(32, {.return_sequences = true})),
      layers::GlobalAveragePooling1D(),
      layers::Dropout(0.5),
      layers::Dense(1, {.activation = "sigmoid"}),
  });
  const int epochs = arguments.quick ? 1 : 6;
  const optimizers::schedules::CosineDecay rate(1e-3, epochs * train_y.shape()[0] / 64);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = rate}),
                 .loss = "binary_crossentropy",
                 .metrics = {"accuracy"}});
  const example::Stopwatch training;
  model.fit(train_x, train_y, {.batch_size = 64, .epochs = epochs, .verbose = 2});
  const double seconds = training.seconds();
  const double accuracy = model.evaluate(test_x, test_y, {.verbose = 0})["accuracy"];
  std::printf("accuracy on %zu sentences: %.2f %%\n", x.size() - cut, 100 * accuracy);

  show(model.predict(test_x, {.verbose = 0}).to_vector<float>(), test_y.to_vector<float>());
  const Tensor mine =
      string_tensor({"a moving and beautiful film", "dull, lifeless and far too long"}, {2, 1});
  const auto scores = model.predict(mine, {.verbose = 0}).to_vector<float>();
  for (std::size_t i = 0; i < scores.size(); ++i)
    std::printf("%.2f %s\n", static_cast<double>(scores[i]), to_strings(mine)[i].c_str());
  return example::finish(accuracy, seconds, arguments.quick || accuracy >= 0.74);
}
