#include "keras/models/summary.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/dropout.h"
#include "keras/models/model_impl.h"
#include "keras/models/sequential.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/utils/naming.h"

namespace keras {
namespace {

using layers::Dense;

// What Keras prints for these models in a terminal of 80 characters.
const char* const kTwo = R"(Model: "two"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ a (InputLayer)      │ (None, 4)         │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ b (InputLayer)      │ (None, 4)         │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ inner (Sequential)  │ (None, 2)         │         23 │ a[0][0], b[0][0]  │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ sum (Add)           │ (None, 2)         │          0 │ inner[0][0],      │
│                     │                   │            │ inner[1][0]       │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ relu (Relu)         │ (None, 2)         │          0 │ sum[0][0]         │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ head (Dense)        │ (None, 1)         │          3 │ relu[0][0]        │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 64 (256.00 B)
 Trainable params: 18 (72.00 B)
 Non-trainable params: 8 (32.00 B)
 Optimizer params: 38 (152.00 B)
)";

const char* const kExpanded = R"(Model: "two"
┏━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)      ┃ Output Shape    ┃   Param # ┃ Connected to   ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━┩
│ a (InputLayer)    │ (None, 4)       │         0 │ -              │   -   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ b (InputLayer)    │ (None, 4)       │         0 │ -              │   -   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ inner             │ (None, 2)       │        23 │ a[0][0],       │   Y   │
│ (Sequential)      │                 │           │ b[0][0]        │       │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│    └ d1 (Dense)   │ (None, 3)       │        15 │ -              │   Y   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│    └              │ (None, 2)       │         8 │ -              │   N   │
│ a_very_long_laye… │                 │           │                │       │
│ (Dense)           │                 │           │                │       │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ sum (Add)         │ (None, 2)       │         0 │ inner[0][0],   │   -   │
│                   │                 │           │ inner[1][0]    │       │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ relu (Relu)       │ (None, 2)       │         0 │ sum[0][0]      │   -   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ head (Dense)      │ (None, 1)       │         3 │ relu[0][0]     │   Y   │
└───────────────────┴─────────────────┴───────────┴────────────────┴───────┘
 Total params: 64 (256.00 B)
 Trainable params: 18 (72.00 B)
 Non-trainable params: 8 (32.00 B)
 Optimizer params: 38 (152.00 B)
)";

const char* const kNarrow = R"(Model: "two"
┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)    ┃ Output Shape ┃ Param # ┃ Connected to  ┃
┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a (InputLayer)  │ (None, 4)    │       0 │ -             │
├─────────────────┼──────────────┼─────────┼───────────────┤
│ b (InputLayer)  │ (None, 4)    │       0 │ -             │
├─────────────────┼──────────────┼─────────┼───────────────┤
│ inner           │ (None, 2)    │      23 │ a[0][0],      │
│ (Sequential)    │              │         │ b[0][0]       │
├─────────────────┼──────────────┼─────────┼───────────────┤
│    └ d1 (Dense) │ (None, 3)    │      15 │ -             │
├─────────────────┼──────────────┼─────────┼───────────────┤
│    └            │ (None, 2)    │       8 │ -             │
│ a_very_long_la… │              │         │               │
│ (Dense)         │              │         │               │
├─────────────────┼──────────────┼─────────┼───────────────┤
│ sum (Add)       │ (None, 2)    │       0 │ inner[0][0],  │
│                 │              │         │ inner[1][0]   │
├─────────────────┼──────────────┼─────────┼───────────────┤
│ relu (Relu)     │ (None, 2)    │       0 │ sum[0][0]     │
├─────────────────┼──────────────┼─────────┼───────────────┤
│ head (Dense)    │ (None, 1)    │       3 │ relu[0][0]    │
└─────────────────┴──────────────┴─────────┴───────────────┘
 Total params: 64 (256.00 B)
 Trainable params: 18 (72.00 B)
 Non-trainable params: 8 (32.00 B)
 Optimizer params: 38 (152.00 B)
)";

const char* const kRange = R"(Model: "two"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ inner (Sequential)  │ (None, 2)         │         23 │ a[0][0], b[0][0]  │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ sum (Add)           │ (None, 2)         │          0 │ inner[0][0],      │
│                     │                   │            │ inner[1][0]       │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 64 (256.00 B)
 Trainable params: 18 (72.00 B)
 Non-trainable params: 8 (32.00 B)
 Optimizer params: 38 (152.00 B)
)";

const char* const kChain = R"(Model: "q"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)                ┃ Output Shape          ┃    Param # ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━┩
│ inner (Sequential)          │ (None, 2)             │         23 │   Y   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│    └ d1 (Dense)             │ (None, 3)             │         15 │   Y   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│    └                        │ (None, 2)             │          8 │   N   │
│ a_very_long_layer_name_ind… │                       │            │       │
│ (Dense)                     │                       │            │       │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│ drop (Dropout)              │ (None, 2)             │          0 │   -   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│ big (Dense)                 │ (None, 1234567)       │  3,703,701 │   Y   │
└─────────────────────────────┴───────────────────────┴────────────┴───────┘
 Total params: 3,703,724 (14.13 MB)
 Trainable params: 3,703,716 (14.13 MB)
 Non-trainable params: 8 (32.00 B)
)";

const char* const kPositions = R"(Model: "q"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┓
┃                                  ┃ Output     ┃                    ┃
┃ Layer (type)                     ┃ Shape      ┃            Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━┩
│ inner (Sequential)               │ (None, 2)  │                 23 │
├──────────────────────────────────┼────────────┼────────────────────┤
│ drop (Dropout)                   │ (None, 2)  │                  0 │
├──────────────────────────────────┼────────────┼────────────────────┤
│ big (Dense)                      │ (None,     │          3,703,701 │
│                                  │ 1234567)   │                    │
└──────────────────────────────────┴────────────┴────────────────────┘
 Total params: 3,703,724 (14.13 MB)
 Trainable params: 3,703,716 (14.13 MB)
 Non-trainable params: 8 (32.00 B)
)";

const char* const kDictionary = R"(Model: "dicty"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ g (InputLayer)      │ (None, 4)         │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ fn (Functional)     │ [(None, 2),       │         23 │ g[0][0]           │
│                     │ (None, 3)]        │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ o2 (Dense)          │ (None, 1)         │          4 │ fn[0][1]          │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ o1 (Dense)          │ (None, 1)         │          3 │ fn[0][0]          │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 30 (120.00 B)
 Trainable params: 30 (120.00 B)
 Non-trainable params: 0 (0.00 B)
)";

class Add final : public LayerImpl {
 public:
  explicit Add(const std::string& name) : LayerImpl({"Add", name}) {}
  Tensors call_list(const Tensors& xs, const CallContext&) override { return {xs[0] + xs[1]}; }
};

Sequential inner_model() {
  const Dense frozen(2,
                     {.name = "a_very_long_layer_name_indeed_it_is_so_long", .trainable = false});
  return Sequential({Input({4}), Dense(3, {.name = "d1"}), frozen}, {.name = "inner"});
}

Model two_ends() {
  reset_names();
  const Sequential inner = inner_model();
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Tensor sum = make_layer<Add>("sum")({inner(a), inner(b)});
  const Tensor positive = ops::relu(sum);
  const Model model({a, b}, {Dense(1, {.name = "head"})(positive), positive}, {.name = "two"});
  model.compile({.optimizer = "adam", .loss = "mse"});
  model.optimizer().build(model.trainable_weights());
  return model;
}

Sequential chain() {
  return Sequential({Input({4}), inner_model(), layers::Dropout(0.5, {.name = "drop"}),
                     Dense(1234567, {.kernel_initializer = "zeros", .name = "big"})},
                    {.name = "q"});
}

TEST(Summary, ConnectsLayers) { EXPECT_EQ(summary_text(two_ends(), {}), kTwo); }

TEST(Summary, ExpandsNestedModelsAndShowsWhatIsTrainable) {
  EXPECT_EQ(summary_text(two_ends(), {.expand_nested = true, .show_trainable = true}), kExpanded);
  EXPECT_EQ(summary_text(chain(), {.expand_nested = true, .show_trainable = true}), kChain);
}

TEST(Summary, TakesLineLengthAndPositions) {
  EXPECT_EQ(summary_text(two_ends(), {.line_length = 60, .expand_nested = true}), kNarrow);
  EXPECT_EQ(summary_text(chain(), {.line_length = 70, .positions = {0.5, 0.7, 1.0}}), kPositions);
}

TEST(Summary, ShowsARangeOfLayers) {
  EXPECT_EQ(summary_text(two_ends(), {.layer_range = {"inn", "sum"}}), kRange);
  EXPECT_EQ(summary_text(two_ends(), {.layer_range = {"sum", "inn"}}), kRange);
}

TEST(Summary, ShowsOutputsOfNestedModels) {
  reset_names();
  const Tensor f = Input({4}, {.name = "f"});
  const Tensor h = Dense(3, {.name = "i1"})(f);
  const Model inner({{"f", f}}, {{"z", h}, {"y", Dense(2, {.name = "i2"})(h)}}, {.name = "fn"});
  const Tensor g = Input({4}, {.name = "g"});
  const TensorMap parts = inner.call_map({{"f", g}});
  const Model model({{"g", g}},
                    {{"p", Dense(1, {.name = "o1"})(parts.at("y"))},
                     {"c", Dense(1, {.name = "o2"})(parts.at("z"))}},
                    {.name = "dicty"});
  EXPECT_EQ(summary_text(model, {}), kDictionary);
}

TEST(Summary, HandsLinesToPrintFn) {
  std::string lines;
  chain().summary({.print_fn = [&](const std::string& line) { lines += line + "\n"; },
                   .expand_nested = true,
                   .show_trainable = true});
  EXPECT_EQ(lines, kChain);
}

TEST(Summary, RefusesBadArguments) {
  const Model model = two_ends();
  const auto error = [&](const SummaryOptions& options) {
    try {
      summary_text(model, options);
    } catch (const ValueError& caught) {
      return std::string(caught.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(error({.line_length = 10}).find("Insufficient console width"), std::string::npos);
  EXPECT_NE(error({.line_length = -1}).find("line_length=-1"), std::string::npos);
  EXPECT_NE(error({.positions = {0.5, 1.0}}).find("`positions` must have 4 values"),
            std::string::npos);
  EXPECT_NE(error({.layer_range = {"nobody", "sum"}}).find("['nobody', 'sum']"), std::string::npos);
  EXPECT_NE(error({.layer_range = {"(", "sum"}}).find("`layer_range`"), std::string::npos);
}

}  // namespace
}  // namespace keras
