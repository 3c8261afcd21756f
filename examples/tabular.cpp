// Whether somebody earns more than 50,000 dollars a year, from words and numbers of the census of
// 1994: a functional model whose lookups and normalization are part of it and learn from the data.

#include <keras/keras.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "example_data.h"
#include "example_plot.h"

using namespace keras;

namespace {

const std::vector<std::size_t> kNumbers = {0, 4, 10, 11, 12};
const std::vector<std::pair<std::size_t, const char*>> kWords = {
    {1, "workclass"}, {3, "education"}, {5, "marital"}, {6, "occupation"},
    {7, "relation"},  {8, "race"},      {9, "sex"},     {13, "country"}};

/// The columns of some rows, by the names of the model's inputs.
struct Table {
  std::map<std::string, Tensor> x;
  Tensor y;
};

Table table_of(const std::vector<std::vector<std::string>>& rows, std::size_t begin,
               std::size_t end) {
  Table table;
  const auto count = static_cast<std::int64_t>(end - begin);
  std::vector<float> numbers, labels;
  for (std::size_t i = begin; i < end; ++i) {
    for (const auto column : kNumbers) {
      const float value = std::stof(rows[i][column]);
      // Gains and losses are zero or thousands.
      numbers.push_back(column == 10 || column == 11 ? std::log1p(value) : value);
    }
    labels.push_back(rows[i][14] == ">50K" ? 1.0f : 0.0f);
  }
  table.x["numbers"] = Tensor::from(numbers, {count, static_cast<std::int64_t>(kNumbers.size())});
  table.y = Tensor::from(labels, {count, 1});
  for (const auto& [column, name] : kWords) {
    std::vector<std::string> words;
    for (std::size_t i = begin; i < end; ++i) words.push_back(rows[i][column]);
    table.x[name] = string_tensor(std::move(words), {count, 1});
  }
  return table;
}

/// Draws how many of the rich are found for how many others that are taken for rich.
void draw_roc(const std::vector<float>& chances, const std::vector<float>& truth) {
  std::vector<std::pair<float, float>> order;
  for (std::size_t i = 0; i < truth.size(); ++i) order.emplace_back(-chances[i], truth[i]);
  std::sort(order.begin(), order.end());
  std::vector<double> found = {0}, mistaken = {0};
  for (const auto& [chance, rich] : order) {
    found.push_back(found.back() + rich);
    mistaken.push_back(mistaken.back() + 1 - rich);
  }
  for (double& count : found) count /= found.back();
  for (double& count : mistaken) count /= mistaken.back();
  example::plot("tabular.png", {mistaken, found},
                "set xlabel 'others taken for rich'; set ylabel 'rich who are found'\n"
                "plot $data using 1:2 with lines lw 2 title 'model', x dt 2 title 'chance'");
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : example::read_lines(example::find(arguments, "tabular/adult-train.csv")))
    if (auto fields = example::split_fields(line); fields.size() == 15)
      rows.push_back(std::move(fields));
  if (arguments.quick) rows.resize(4000);
  utils::set_random_seed(arguments.seed);
  const Table train = table_of(rows, 0, rows.size() * 4 / 5);
  const Table test = table_of(rows, rows.size() * 4 / 5, rows.size());

  std::map<std::string, Tensor> inputs;
  Tensors features;
  inputs["numbers"] = Input({static_cast<std::int64_t>(kNumbers.size())}, {.name = "numbers"});
  const layers::Normalization normalize;
  normalize.adapt(train.x.at("numbers"));
  features.push_back(normalize(inputs["numbers"]));
  for (const auto& [column, name] : kWords) {
    inputs[name] = Input({1}, {.dtype = "string", .name = name});
    const layers::StringLookup lookup({.output_mode = "one_hot"});
    lookup.adapt(train.x.at(name));
    features.push_back(ops::cast(lookup(inputs[name]), DType::kFloat32));
  }
  Tensor x = layers::Concatenate()(features);
  x = layers::Dense(64, {.activation = "relu"})(x);
  x = layers::Dropout(0.3)(x);
  x = layers::Dense(32, {.activation = "relu"})(x);
  const Model model(inputs, layers::Dense(1, {.activation = "sigmoid"})(x));

  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
                 .loss = "binary_crossentropy",
                 .metrics = {"accuracy"}});
  const example::Stopwatch training;
  model.fit(train.x, train.y,
            {.batch_size = 128, .epochs = arguments.quick ? 2 : 15, .verbose = 2});
  const double seconds = training.seconds();
  const double accuracy = model.evaluate(test.x, test.y, {.verbose = 0})["accuracy"];
  std::printf("accuracy on the last fifth: %.2f %%\n", 100 * accuracy);

  draw_roc(model.predict(test.x, {.verbose = 0}).to_vector<float>(), test.y.to_vector<float>());

  // The file has the vocabularies: what reads it takes words as they come.
  model.save("adult.keras");
  const double again =
      load_model("adult.keras").evaluate(test.x, test.y, {.verbose = 0})["accuracy"];
  return example::finish(accuracy, seconds,
                         again == accuracy && (arguments.quick || accuracy >= 0.85));
}
