// Writes film reviews character by character: an LSTM that keeps its state from one call to the
// next, trained on long rows of text and asked for one character at a time.

#include <keras/keras.h>

#include <cmath>
#include <cstdio>

#include "example_data.h"
#include "example_plot.h"

using namespace keras;

namespace {

constexpr std::int64_t kRows = 32, kSteps = 64;

Sequential make_model(std::int64_t vocabulary, std::int64_t rows, std::int64_t steps) {
  return Sequential({
      Input({steps}, {.batch_size = rows, .dtype = "int64"}),
      layers::Embedding(static_cast<int>(vocabulary), 32),
      layers::LSTM(128, {.return_sequences = true, .stateful = true, .name = "memory"}),
      layers::Dense(static_cast<int>(vocabulary)),
  });
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  std::string text;
  for (const auto& line : example::read_lines(example::find(arguments, "text/rt-polarity.pos"))) {
    for (const char c : line)
      if (c >= ' ' && c <= '~') text += c;
    text += '\n';
  }
  if (arguments.quick) text.resize(20000);
  utils::set_random_seed(arguments.seed);
  std::string letters;
  std::vector<std::int64_t> codes;
  for (const char c : text) {
    if (letters.find(c) == std::string::npos) letters += c;
    codes.push_back(static_cast<std::int64_t>(letters.find(c)));
  }
  const auto vocabulary = static_cast<std::int64_t>(letters.size());

  // Each row of a batch goes on where the same row of the batch before ended.
  const std::int64_t length = (static_cast<std::int64_t>(codes.size()) - 1) / kRows;
  const std::int64_t batches = length / kSteps;
  std::vector<std::int64_t> x, y;
  for (std::int64_t batch = 0; batch < batches; ++batch)
    for (std::int64_t row = 0; row < kRows; ++row)
      for (std::int64_t step = 0; step < kSteps; ++step) {
        const auto at = static_cast<std::size_t>(row * length + batch * kSteps + step);
        x.push_back(codes[at]);
        y.push_back(codes[at + 1]);
      }
  const Sequential model = make_model(vocabulary, kRows, kSteps);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 3e-3}),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  const Layer memory = model.get_layer("memory");
  std::vector<double> bits;
  const example::Stopwatch training;
  for (int epoch = 0; epoch < (arguments.quick ? 2 : 12); ++epoch) {
    static_cast<const layers::LSTM&>(memory).reset_state();
    const auto history = model.fit(Tensor::from(x, {batches * kRows, kSteps}),
                                   Tensor::from(y, {batches * kRows, kSteps}),
                                   {.batch_size = kRows, .verbose = 0, .shuffle = false});
    bits.push_back(history.history.at("loss").back() / std::log(2.0));
    std::printf("epoch %d: %.3f bits a character\n", epoch + 1, bits.back());
  }
  const double seconds = training.seconds();
  example::plot("text_generation.png", {bits},
                "set xlabel 'epoch'\nset ylabel 'bits a character'\nplot $data using ($0 + 1):1 "
                "with linespoints pointtype 7 linecolor rgb '#e6550d' notitle");

  // The same weights for one row and one step, whose state stays from character to character.
  const Sequential writer = make_model(vocabulary, 1, 1);
  writer.set_weights(model.get_weights());
  std::int64_t code = static_cast<std::int64_t>(letters.find('\n'));
  std::string written;
  for (int i = 0; i < 300; ++i) {
    const Tensor logits =
        ops::reshape(writer.predict_on_batch(Tensor::from(&code, {1, 1})), {1, vocabulary});
    code = random::categorical(logits * 1.4, 1, {.seed = i}).item<std::int64_t>();
    written += letters[static_cast<std::size_t>(code)];
  }
  std::printf("%s\n", written.c_str());
  return example::finish(bits.back(), seconds, arguments.quick || bits.back() < 2.6);
}
