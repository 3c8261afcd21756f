// Sequences made word by word: by an encoder and a decoder step that share the layers of a trained
// model, and by layers that keep their states. The numbers are Keras's own, trained from the same
// weights.
#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/concatenate.h"
#include "keras/layers/rnn/bidirectional.h"
#include "keras/layers/rnn/gru.h"
#include "keras/layers/rnn/lstm.h"
#include "keras/losses/losses.h"
#include "keras/models/model.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/optimizers.h"
#include "keras/saving/saving_api.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using layers::Dense;
using testing::expect_values;
using testing::ramp;

constexpr int kLetters = 4, kWords = 5, kTurns = 6;

Tensor one_hot(const std::vector<std::int32_t>& ids, const Shape& shape, int classes) {
  return ops::one_hot(Tensor::from(ids, shape), classes);
}

/// Two sentences and what they translate to, one word ahead of what the decoder is told.
struct Sentences {
  Tensor source = one_hot({0, 1, 2, 3, 1, 0, 3, 2, 2, 1, 0, 0}, {2, 6}, kLetters);
  Tensor target_in = one_hot({0, 2, 4, 1, 3, 0, 1, 3, 3, 2}, {2, 5}, kWords);
  Tensor target_out = one_hot({2, 4, 1, 3, 0, 1, 3, 3, 2, 0}, {2, 5}, kWords);
};

/// A decoder that was trained behind an encoder, and both by themselves.
struct Translator {
  Model whole;
  Model encoder;
  Model step;  ///< (one word, states…) → (probabilities, states…)
};

Translator lstm_translator() {
  const Tensor source = Input({kUnknown, kLetters}), words = Input({kUnknown, kWords});
  const Tensors encoded = layers::LSTM(3, {.return_state = true}).call_list(source);
  const Tensors states = {encoded[1], encoded[2]};
  const layers::LSTM decoder(3, {.return_sequences = true, .return_state = true});
  const Dense head(kWords, {.activation = "softmax"});
  const Tensor y = head(decoder.call_list(words, {.initial_state = states})[0]);
  const Tensor h = Input({3}), c = Input({3});
  Tensors next = decoder.call_list(words, {.initial_state = {h, c}});
  next[0] = head(next[0]);
  return {Model({source, words}, y), Model(source, states), Model({words, h, c}, next)};
}

Translator gru_translator() {
  const Tensor source = Input({6, kLetters}), words = Input({kUnknown, kWords});
  const Tensors encoded =
      layers::Bidirectional(layers::GRU(2, {.return_sequences = true, .return_state = true}))
          .call_list(source);
  const Tensor state = layers::Concatenate()({encoded[1], encoded[2]});
  const layers::GRU decoder(4, {.return_sequences = true, .return_state = true});
  const Dense head(kWords, {.activation = "softmax"});
  const Tensor y = head(decoder.call_list(words, {.initial_state = {state}})[0]);
  const Tensor h = Input({4});
  Tensors next = decoder.call_list(words, {.initial_state = {h}});
  next[0] = head(next[0]);
  return {Model({source, words}, y), Model(source, state), Model({words, h}, next)};
}

std::vector<double> train(const Model& model, double learning_rate, int steps) {
  const Sentences data;
  Tensors weights;
  for (const auto& weight : model.weights()) weights.push_back(ramp(weight.shape()));
  model.set_weights(weights);
  model.compile({.optimizer = optimizers::RMSprop({.learning_rate = learning_rate}),
                 .loss = "categorical_crossentropy"});
  std::vector<double> losses;
  for (int i = 0; i < steps; ++i)
    losses.push_back(
        model.train_on_batch(Tensors{data.source, data.target_in}, data.target_out).at("loss"));
  return losses;
}

struct Generated {
  std::vector<std::int32_t> words;  ///< (2, turns)
  Tensor probabilities;             ///< (2, turns, words)
};

/// The likeliest word each time, fed back with the states.
Generated generate(const Translator& models, const Tensor& source) {
  Tensors states = models.encoder.predict_list(source, {.verbose = 0});
  Tensor word = one_hot({0, 0}, {2, 1}, kWords);
  Tensors ids, steps;
  for (int turn = 0; turn < kTurns; ++turn) {
    Tensors in = {word};
    in.insert(in.end(), states.begin(), states.end());
    states = models.step.predict_list(in, {.verbose = 0});
    steps.push_back(states.front());
    states.erase(states.begin());
    ids.push_back(ops::argmax(steps.back(), {.axis = -1}));
    word = ops::one_hot(ids.back(), kWords);
  }
  const Tensor words = ops::concatenate(ids, {.axis = 1});
  return {words.to_vector<std::int32_t>(), ops::concatenate(steps, {.axis = 1})};
}

/// What the decoder gives when it is told all generated words at once.
Tensor all_at_once(const Model& whole, const Tensor& source, const Generated& generated) {
  std::vector<std::int32_t> told;
  for (int row = 0; row < 2; ++row) {
    told.push_back(0);
    const auto first = generated.words.begin() + row * kTurns;
    told.insert(told.end(), first, first + kTurns - 1);
  }
  return whole.predict(Tensors{source, one_hot(told, {2, kTurns}, kWords)}, {.verbose = 0});
}

Tensor last_step(const Tensor& x) {
  return ops::reshape(ops::slice_axis(x, 1, kTurns - 1, kTurns), {2, kWords});
}

TEST(SequenceGeneration, LstmEncoderAndDecoderGenerateWhatKerasDoes) {
  const Translator models = lstm_translator();
  const std::vector<double> losses = train(models.whole, 0.1, 30);
  EXPECT_NEAR(losses[18], 0.3830547, 2e-4);
  EXPECT_NEAR(losses[29], 0.1906482, 2e-4);
  const Sentences data;
  const Tensors states = models.encoder.predict_list(data.source);
  expect_values(states[0], {2, 3},
                {0.7730104f, 0.1872551f, -0.001265201f, 0.04869536f, 0.9439514f, -0.0477885f},
                2e-4f);
  expect_values(states[1], {2, 3},
                {1.193553f, 0.1996834f, -0.2269533f, 0.5972641f, 1.960618f, -2.933439f}, 2e-4f);
  const Generated generated = generate(models, data.source);
  EXPECT_EQ(generated.words, (std::vector<std::int32_t>{2, 4, 1, 3, 0, 0, 1, 3, 3, 2, 0, 0}));
  expect_values(last_step(generated.probabilities), {2, kWords},
                {0.5382898f, 0.06496044f, 0.2761705f, 0.1006125f, 0.01996667f, 0.5373719f,
                 0.06975725f, 0.2716799f, 0.09804033f, 0.02315058f},
                2e-4f);
  expect_values(all_at_once(models.whole, data.source, generated), {2, kTurns, kWords},
                generated.probabilities.to_vector<float>(), 1e-6f);
}

TEST(SequenceGeneration, BidirectionalEncoderHandsItsJoinedStatesOver) {
  const Translator models = gru_translator();
  const std::vector<double> losses = train(models.whole, 0.05, 12);
  EXPECT_NEAR(losses[0], 1.994014, 1e-5);
  EXPECT_NEAR(losses[11], 0.4021909, 1e-4);
  const Sentences data;
  expect_values(models.encoder.predict(data.source), {2, 4},
                {-0.4518812f, 0.1636176f, 0.7473712f, 0.167214f, -0.3108038f, 0.08740794f,
                 -0.6759123f, -0.8612316f},
                2e-4f);
  const Generated generated = generate(models, data.source);
  EXPECT_EQ(generated.words, (std::vector<std::int32_t>{2, 4, 1, 3, 0, 2, 1, 3, 3, 2, 0, 1}));
  expect_values(last_step(generated.probabilities), {2, kWords},
                {0.1003598f, 0.3539304f, 0.5022761f, 0.02418329f, 0.0192505f, 0.08897157f,
                 0.7578874f, 0.1298035f, 0.01112183f, 0.01221578f},
                2e-4f);
  expect_values(all_at_once(models.whole, data.source, generated), {2, kTurns, kWords},
                generated.probabilities.to_vector<float>(), 1e-6f);
}

TEST(SequenceGeneration, TrainedModelsGenerateOnFromTheirFiles) {
  const Translator models = gru_translator();
  train(models.whole, 0.05, 3);
  const test_support::TempFolder folder;
  models.whole.save((folder / "whole.keras").string());
  models.step.save((folder / "step.keras").string());
  const Model whole = load_model(folder / "whole.keras"), step = load_model(folder / "step.keras");
  const Sentences data;
  const Generated here = generate(models, data.source),
                  there = generate({whole, models.encoder, step}, data.source);
  EXPECT_EQ(there.words, here.words);
  EXPECT_EQ(there.probabilities.to_vector<float>(), here.probabilities.to_vector<float>());
  EXPECT_EQ(all_at_once(whole, data.source, there).to_vector<float>(),
            all_at_once(models.whole, data.source, here).to_vector<float>());
  EXPECT_EQ(whole.to_json(), models.whole.to_json());
}

/// Words in, the next words' probabilities out, with states from call to call.
Model keeping_states(std::int64_t batch, std::int64_t length) {
  const Tensor words = Input({length, kWords}, {.batch_size = batch});
  Tensor x = layers::GRU(3, {.return_sequences = true, .stateful = true})(words);
  x = layers::LSTM(3, {.return_sequences = true, .stateful = true})(x);
  return Model(words, Dense(kWords, {.activation = "softmax"})(x));
}

TEST(SequenceGeneration, LayersThatKeepStatesGenerateWhatKerasDoes) {
  const Model model = keeping_states(2, 4);
  for (const auto& weight : model.trainable_weights()) weight.assign(ramp(weight.shape()));
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.1}),
                 .loss = "sparse_categorical_crossentropy"});
  const Tensor text = Tensor::from(
      std::vector<std::int32_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 3, 2, 1, 0, 4, 3, 2, 1}, {2, 9});
  std::vector<double> losses;
  for (int epoch = 0; epoch < 25; ++epoch) {
    for (const int start : {0, 4})
      losses.push_back(
          model
              .train_on_batch(ops::one_hot(ops::slice_axis(text, 1, start, start + 4), kWords),
                              ops::slice_axis(text, 1, start + 1, start + 5))
              .at("loss"));
    layers::reset_states(model);
  }
  EXPECT_NEAR(losses[1], 1.930737, 1e-4);
  EXPECT_NEAR(losses[49], 0.9094195, 1e-3);

  const Model one = keeping_states(1, 1);
  for (std::size_t i = 0; i < one.trainable_weights().size(); ++i)
    one.trainable_weights()[i].assign(model.trainable_weights()[i].value());
  const auto probabilities = [&](std::int32_t word) {
    return one.predict_on_batch(one_hot({word}, {1, 1}, kWords));
  };
  const auto generate_from = [&](std::int32_t word) {
    std::vector<std::int32_t> words;
    for (int turn = 0; turn < kTurns; ++turn) {
      word = ops::argmax(probabilities(word), {.axis = -1}).item<std::int32_t>();
      words.push_back(word);
    }
    return words;
  };
  const std::vector<std::int32_t> expected = {3, 2, 1, 3, 3, 4};
  EXPECT_EQ(generate_from(0), expected);
  expect_values(probabilities(0), {1, 1, kWords},
                {0.0575476f, 0.04257637f, 0.6913782f, 0.01910953f, 0.1893883f}, 1e-3f);
  layers::reset_states(one);
  expect_values(probabilities(0), {1, 1, kWords},
                {0.2521046f, 0.2352008f, 0.06457132f, 0.2863908f, 0.1617326f}, 1e-3f);
  layers::reset_states(one);
  EXPECT_EQ(generate_from(0), expected);
}

}  // namespace
}  // namespace keras
