"""Models of every kind that files hold, written by Python's Keras, and our files judged by it.

    models.py write FOLDER [keras | tf_keras | tensorflow]
        makes a folder for each model: files of it in all formats that this Keras has, and data.npz
        with inputs x0.., targets y0.., the predictions out0.. and the weights w0.. that three
        training steps lead to. models.json lists them.
    models.py check FOLDER
        opens the files written for each of them (ours.keras, ours.h5, ours.weights.h5), compares
        predictions (1e-5) with ours.npz, takes one more step and compares the weights (1e-4).
        Says a line for each file that fails.
"""
import gc
import json
import os
import sys
import traceback

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
# Most of the time goes into compiling. What `write` compiles, `check` finds again.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", os.path.abspath("compiled"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
import numpy as np  # noqa: E402

WRITER = sys.argv[3] if len(sys.argv) > 3 else "keras"
if WRITER == "tensorflow":
    from tensorflow import keras
else:
    keras = __import__(WRITER)
IS_KERAS3 = WRITER == "keras"
gc.freeze()  # what is imported stays; Keras collects garbage for each model
L = keras.layers
O = keras.optimizers
BATCH = 4
STEPS = 3
ROWS = {}


def say(*words):
    """A line for the test; frameworks write others."""
    print("models:", *words)


def row(**options):
    """One model: its function gives (model, optimizer, loss), or more in `compile`."""

    def add(function):
        ROWS[function.__name__] = (function, options)
        return function

    return add


def dense_net(**policy):
    return keras.Sequential(
        [
            keras.Input((5,), name="features"),
            L.Dense(6, activation="tanh", name="first", **policy),
            L.Dense(3, activation="softmax", name="second", **policy),
        ]
    )


@row(labels=3)
def sequential():
    return dense_net(), O.Adam(0.01), "sparse_categorical_crossentropy"


# Keras 2 moves the variance with the unbiased one of a batch.
@row(**({} if IS_KERAS3 else {"steps_tolerance": 1e-3}))
def convolutions():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            L.ZeroPadding2D(1),
            L.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
            L.BatchNormalization(),
            L.ReLU(max_value=6.0),
            L.DepthwiseConv2D(3, padding="same", activation="tanh"),
            L.SeparableConv2D(3, 2, activation="elu"),
            L.Conv2DTranspose(2, 3, strides=2, padding="same"),
            L.LeakyReLU(),
            L.PReLU(shared_axes=[1, 2]),
            L.UpSampling2D(2, interpolation="bilinear"),
            L.Cropping2D(1),
            L.AveragePooling2D(2),
            L.GlobalMaxPooling2D(),
            L.Dense(2),
        ]
    )
    return model, O.SGD(0.01, momentum=0.9, nesterov=True), "mse"


@row()
def volumes_and_sequences():
    volume, sequence = keras.Input((4, 4, 4, 1)), keras.Input((9, 3))
    a = L.MaxPooling3D(2)(L.Conv3D(2, 2, padding="same", activation="tanh")(volume))
    b = L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="gelu")(sequence)
    b = L.GlobalAveragePooling1D()(L.SeparableConv1D(3, 3)(b))
    joined = L.Concatenate()([L.Flatten()(a), b])
    return keras.Model([volume, sequence], L.Dense(1)(joined)), O.RMSprop(0.003, momentum=0.5), "mae"


@row(compile={"loss_weights": [1.0, 0.3], "metrics": [["mae"], ["mse"]]})
def shared_layers_two_outputs():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = L.Dense(3, activation="tanh", name="shared")
    left, right = shared(a), shared(b)
    merged = L.Multiply()([left, right])
    merged = L.Add()([merged, L.Average()([left, right]), L.Maximum()([left, right])])
    both = L.Dot(axes=1, normalize=True)([left, right])
    model = keras.Model([a, b], [L.Dense(2, name="head")(merged), both])
    return model, O.Adam(0.01, amsgrad=True), ["mse", "mae"]


# The Nadam of Keras 2, compiled, multiplies its product once for each weight instead of each step.
@row(**({} if IS_KERAS3 else {"compile": {"run_eagerly": True}}))
def nested_models():
    inner_input = keras.Input((4,))
    inner = keras.Model(
        inner_input, L.LayerNormalization()(L.Dense(4, activation="tanh")(inner_input)), name="inner"
    )
    tower = keras.Sequential([keras.Input((4,)), inner, L.Dense(3)], name="tower")
    a, b = keras.Input((4,)), keras.Input((4,))
    out = L.Dense(2)(L.Concatenate()([tower(a), tower(b)]))
    return keras.Model([a, b], out), O.Nadam(0.01), "mse"


@row()
def frozen_parts():
    inner = keras.Sequential(
        [keras.Input((4,)), L.Dense(4), L.BatchNormalization(), L.Dense(3)], name="inner"
    )
    inner.layers[0].trainable = False
    inner.layers[1].trainable = False
    model = keras.Sequential([keras.Input((4,)), inner, L.Activation("swish"), L.Dense(1)])
    return model, O.Adagrad(0.05), "mse"


@row(integers=12)
def recurrent():
    tokens = keras.Input((6,))
    x = L.Embedding(12, 4, mask_zero=True)(tokens)
    x = L.LSTM(5, return_sequences=True)(x)
    x = L.GRU(4, return_sequences=True, reset_after=False)(x)
    x = L.GRU(4, return_sequences=True)(x)
    return keras.Model(tokens, L.Dense(2)(L.SimpleRNN(3)(x))), O.Adamax(0.01), "mse"


@row()
def recurrent_wrappers():
    sequence = keras.Input((5, 3))
    x = L.Masking()(sequence)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="concat")(x)
    x = L.TimeDistributed(L.Dense(4, activation="relu"))(x)
    x = L.RNN([L.LSTMCell(3), L.GRUCell(4)], return_sequences=True)(x)
    x = L.Bidirectional(L.GRU(2), backward_layer=L.GRU(2, go_backwards=True), merge_mode="sum")(x)
    return keras.Model(sequence, L.Dense(2)(x)), O.Adam(0.01), "mse"


@row()
def encoder_decoder():
    source, target = keras.Input((6, 3)), keras.Input((5, 4))
    _, h, c = L.LSTM(3, return_state=True)(source)
    x = L.LSTM(3, return_sequences=True)(target, initial_state=[h, c])
    _, forward, backward = L.Bidirectional(L.GRU(2, return_state=True))(source)
    state = L.Concatenate()([forward, backward])
    x = L.GRU(4, return_sequences=True)(x, initial_state=state)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x, initial_state=[h, c, c, h])
    return keras.Model([source, target], L.Dense(2)(x)), O.Adam(0.01), "mse"


# Keras 2 cannot read its own record of these calls.
@row(keras3=True)
def states_of_stacked_cells():
    cells = [L.LSTMCell(3), L.GRUCell(4)]
    source, target = keras.Input((6, 3)), keras.Input((5, 4))
    _, first, second = L.RNN(cells, return_state=True)(source)
    decoder = L.RNN([L.LSTMCell(3), L.GRUCell(4)], return_sequences=True)
    x = decoder(target, initial_state=[first, second])
    return keras.Model([source, target], L.Dense(2)(x)), O.Adam(0.01), "mse"


# Keras 3 computes the hard_sigmoid of Keras 2 in a way of its own, and cannot judge our files.
@row(judged=IS_KERAS3)
def recurrent_images():
    frames = keras.Input((3, 6, 6, 1))
    x = L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(frames)
    x = L.TimeDistributed(keras.Sequential([L.Conv2D(2, 3), L.GlobalAveragePooling2D()]))(x)
    return keras.Model(frames, L.Dense(1)(L.Flatten()(x))), O.Adam(0.01), "mse"


@row()
def transformer():
    sequence = keras.Input((5, 8))
    attention = L.MultiHeadAttention(num_heads=2, key_dim=4)
    x = L.LayerNormalization()(L.Add()([sequence, attention(sequence, sequence)]))
    x = L.Add()([x, L.Dense(8)(L.Dense(12, activation="gelu")(x))])
    x = L.Attention(use_scale=True)([x, x])
    x = L.AdditiveAttention()([x, x])
    return keras.Model(sequence, L.Dense(2)(L.GlobalAveragePooling1D()(x))), O.Adam(0.01), "mse"


@row(compile={"metrics": ["mae"], "weighted_metrics": ["mse"]})
def regularized():
    regularizers, constraints = keras.regularizers, keras.constraints
    model = keras.Sequential(
        [
            keras.Input((5,)),
            L.Dense(
                6,
                activation="selu",
                kernel_initializer=keras.initializers.HeNormal(seed=3),
                kernel_regularizer=regularizers.L1L2(0.01, 0.02),
                bias_regularizer="l2",
                kernel_constraint=constraints.MaxNorm(1.5, axis=0),
            ),
            L.Dense(4, activity_regularizer=regularizers.L2(0.01), kernel_constraint="non_neg"),
            L.ActivityRegularization(l1=0.01),
            L.Dense(2, activation="softplus"),
        ]
    )
    return model, O.SGD(0.05), keras.losses.Huber(delta=0.5)


@row()
def preprocessing():
    image = keras.Input((6, 6, 3))
    x = L.CenterCrop(4, 4)(L.Rescaling(0.5, offset=-0.1)(L.Resizing(8, 8)(image)))
    normalization = L.Normalization()
    normalization.adapt(np.random.RandomState(7).normal(2, 3, (16, 6, 6, 3)).astype("float32"))
    x = L.Concatenate()([L.Flatten()(x), L.Flatten()(normalization(image))])
    return keras.Model(image, L.Dense(2)(x)), O.Adam(0.003), "mse"


@row(train=False)
def tensor_arithmetic():
    """The operators, which older writers record as layers of TensorFlow's operations."""
    a, b = keras.Input((4,)), keras.Input((4,))
    x = (a + b * 2.0 - 1.0) / (a * a + 3.0)
    x = L.Dense(3, activation="tanh")(x[:, 1:])
    return keras.Model([a, b], x + 0.5), O.Adam(0.01), "mse"


@row(keras3=True)
def keras_operations():
    ops = keras.ops
    a, b = keras.Input((4, 3)), keras.Input((4, 3))
    x = ops.concatenate([a[:, ::2], ops.flip(b, axis=1)[:, -1:, :], a * b], axis=1)
    x = ops.einsum("bij,bkj->bik", x, ops.softmax(b, axis=-1))
    x = ops.where(x > 0.1, x, ops.exp(x) - np.float32(1.0))
    x = ops.add(ops.matmul(x, ops.transpose(x, axes=(0, 2, 1))), np.ones((1, 7), "float32"))
    x = ops.reshape(x, (-1, 49))
    mean, variance = ops.moments(x, axes=[1], keepdims=True)
    x = ops.clip((x - mean) * ops.rsqrt(variance + 1e-3), -2.0, 2.0)
    x = ops.stack(ops.split(L.Dense(4)(x), 2, axis=-1), axis=1)
    return keras.Model([a, b], ops.sum(ops.absolute(x), axis=-1)), O.Adam(0.01), "mse"


@row(keras3=True, compile={"loss_weights": {"total": 0.5, "parts": 2.0}})
def ends_by_name():
    ends = {"b": keras.Input((3,), name="b"), "a": keras.Input((2,), name="a")}
    x = L.Dense(4, activation="relu")(L.Concatenate()([ends["a"], ends["b"]]))
    outputs = {"total": L.Dense(1, name="total")(x), "parts": L.Dense(2, name="parts")(x)}
    model = keras.Model(ends, outputs)
    return model, O.Adam(0.01), {"total": "mse", "parts": "mae"}


@row(keras3=True, h5=False)
def newer_layers():
    sequence = keras.Input((6, 8))
    x = L.GroupQueryAttention(4, 4, 2)(sequence, sequence)
    x = L.RMSNormalization()(x + sequence)
    x = L.GroupNormalization(2)(x)
    x = L.Dense(4)(x)
    x = L.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d")(x)
    return keras.Model(sequence, L.AdaptiveAveragePooling1D(2)(x)), O.AdamW(0.01), "mse"


@row(keras3=True, tolerance=2e-2)
def mixed_policies():
    model = keras.Sequential(
        [
            keras.Input((5,)),
            L.Dense(6, activation="tanh", dtype="mixed_bfloat16"),
            L.Dense(4, dtype=keras.DTypePolicy("float32")),
            L.Dense(2, dtype="float32"),
        ]
    )
    return model, O.SGD(0.01), "mse"


# One step of float16 below 1: as far apart as Keras 3.15 on JAX and on TensorFlow are with these
# weights, and TensorFlow 2.15 and tf_keras with the same file.
FLOAT16_STEP = 2.0**-11


@row(train=False, tolerance=FLOAT16_STEP)
def mixed_float16():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        return dense_net(), O.SGD(0.01), "mse"
    finally:
        keras.mixed_precision.set_global_policy("float32")


@row(keras3=True, train=False, tolerance=FLOAT16_STEP)
def float16_weights():
    return dense_net(dtype="float16"), None, None


if IS_KERAS3:

    @keras.saving.register_keras_serializable("real_keras")
    class Scale(L.Layer):
        """A class of the user's own, which C++ registers, too."""

        def __init__(self, factor=1.0, **options):
            super().__init__(**options)
            self.factor = factor

        def build(self, shape):
            self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")

        def call(self, x):
            return x * self.gain * self.factor

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}


@row(keras3=True)
def custom_layer():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), Scale(0.5), L.Dense(2)])
    return model, O.Adam(0.01), "mse"


def quantized_net(mode=None, config=None, **policy):
    tokens = keras.Input((6,))
    x = L.Embedding(12, 8, **policy)(tokens)
    x = L.EinsumDense("abc,cde->abde", (None, 2, 4), bias_axes="de", **policy)(x)
    x = L.Dense(7, activation="tanh", **policy)(L.Reshape((6, 8))(x))
    x = L.EinsumDense("abc,dc->adb", (5, 6), **policy)(x)
    model = keras.Model(tokens, L.Dense(3, **policy)(L.Flatten()(x)))
    model.quantize(mode, config)
    return model


@row(keras3=True, integers=12)
def quantized_int8():
    return quantized_net("int8"), O.SGD(0.01), "mse"


@row(keras3=True, integers=12)
def quantized_int4():
    return quantized_net("int4"), O.SGD(0.01), "mse"


@row(keras3=True, integers=12)
def quantized_in_blocks():
    config = keras.quantizers.Int4QuantizationConfig(block_size=3)
    return quantized_net(config=config), O.SGD(0.01), "mse"


@row(keras3=True, integers=12)
def quantized_by_channel():
    config = keras.quantizers.Int4QuantizationConfig(
        activation_quantizer=keras.quantizers.AbsMaxQuantizer(), block_size=None
    )
    return quantized_net(config=config), O.SGD(0.01), "mse"


@row(keras3=True, integers=12, train=False, tolerance=2e-2)
def quantized_bfloat16():
    return quantized_net("int8", dtype="mixed_bfloat16"), None, None


@row(keras3=True, integers=12, train=False)
def quantized_both_ways():
    tokens = keras.Input((6,))
    tied = L.ReversibleEmbedding(12, 5)
    apart = L.ReversibleEmbedding(12, 5, tie_weights=False)
    x = L.Add()([tied(tokens), apart(tokens)])
    model = keras.Model(tokens, L.Add()([tied(x, reverse=True), apart(x, reverse=True)]))
    model.quantize("int8")
    return model, None, None


def add_optimizer(name, make, **options):
    def function():
        model = keras.Sequential(
            [keras.Input((4,)), L.Dense(5, activation="tanh"), L.Dense(2, use_bias=False)]
        )
        return model, make(), "mse"

    ROWS["optimizer_" + name] = (function, options)


def decay():
    return O.schedules.ExponentialDecay(0.02, decay_steps=2, decay_rate=0.7, staircase=True)


add_optimizer("adadelta", lambda: O.Adadelta(1.0))
add_optimizer("ftrl", lambda: O.Ftrl(0.05))
add_optimizer("rmsprop_centered", lambda: O.RMSprop(0.01, centered=True))
add_optimizer("sgd_on_schedule", lambda: O.SGD(decay(), momentum=0.9))
add_optimizer("adam_clipped", lambda: O.Adam(0.01, clipnorm=0.1))
add_optimizer("adamw_averaged", lambda: O.AdamW(0.01, use_ema=True), keras3=True)
add_optimizer("lion", lambda: O.Lion(0.001), keras3=True)
# Keras's reader of .h5 does not know Lamb.
add_optimizer("lamb", lambda: O.Lamb(0.01), keras3=True, h5=False)
add_optimizer("adafactor", lambda: O.Adafactor(0.01), keras3=True, h5=False)
add_optimizer("muon", lambda: O.Muon(0.01, exclude_layers=["dense_1"]), keras3=True)
add_optimizer("loss_scale", lambda: O.LossScaleOptimizer(O.Adam(0.01)), keras3=True)
add_optimizer(
    "accumulating", lambda: O.Adam(0.01, gradient_accumulation_steps=2), keras3=True
)


def data_for(model, options, random):
    """Inputs for a model, by its order of inputs."""
    arrays = []
    for tensor in model.inputs:
        shape = (BATCH,) + tuple(tensor.shape[1:])
        if "integers" in options:
            arrays.append(random.randint(0, options["integers"], shape).astype("int32"))
        else:
            arrays.append(random.normal(0, 1, shape).astype("float32"))
    return arrays


def as_model_wants(arrays, names, structure):
    if isinstance(structure, dict):
        return dict(zip(names, arrays))
    return arrays if len(arrays) > 1 else arrays[0]


def keys_of(structure, count):
    return sorted(structure) if isinstance(structure, dict) else [str(i) for i in range(count)]


def structures(model):
    if not IS_KERAS3:
        return None, None
    return getattr(model, "_inputs_struct", None), getattr(model, "_outputs_struct", None)


def flat(outputs):
    if isinstance(outputs, dict):
        return [np.asarray(outputs[key], "float32") for key in sorted(outputs)]
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(output, "float32") for output in outputs]


class Judged:
    """A model with its data in the structure that it takes."""

    def __init__(self, model, xs):
        self.model = model
        ins, self.outs = structures(model)
        self.x = as_model_wants(xs, keys_of(ins, len(xs)), ins)

    def predict(self):
        return flat(self.model.predict_on_batch(self.x))

    def step(self, ys):
        self.model.train_on_batch(self.x, as_model_wants(ys, keys_of(self.outs, len(ys)), self.outs))


def save_all(model, folder, options):
    """The formats that this Keras has. What it cannot write is not there, and counts as nothing."""
    written = []

    def attempt(name, write):
        try:
            write(os.path.join(folder, name))
            written.append(name)
        except Exception as error:  # noqa: BLE001
            say("cannot write", folder, name, type(error).__name__, str(error)[:150])

    attempt("model.keras", model.save)
    attempt("only.weights.h5", model.save_weights)
    if options.get("h5", True):
        attempt("model.h5", model.save)
        if IS_KERAS3:
            import h5py
            from keras.src.legacy.saving import legacy_h5_format

            def legacy(path):
                with h5py.File(path, "w") as file:
                    legacy_h5_format.save_weights_to_hdf5_group(file, model)

            attempt("legacy_weights.h5", legacy)
        else:
            attempt("legacy_weights.h5", lambda path: model.save_weights(path, save_format="h5"))

    def json_text(path):
        with open(path, "w") as file:
            file.write(model.to_json())

    attempt("model.json", json_text)
    return written


def is_stateless(optimizer):
    """Whether the next step depends on nothing but the weights."""
    return isinstance(optimizer, O.SGD) and optimizer.get_config()["momentum"] == 0


def write_row(name, folder):
    function, options = ROWS[name]
    keras.backend.clear_session()
    keras.utils.set_random_seed(len(name))
    random = np.random.RandomState(len(name))
    model, optimizer, loss = function()
    if optimizer is not None:
        model.compile(optimizer, loss, **options.get("compile", {}))
    xs = data_for(model, options, random)
    judged = Judged(model, xs)
    outputs = judged.predict()
    if "labels" in options:
        ys = [random.randint(0, options["labels"], (BATCH,)).astype("int32")]
    else:
        ys = [random.uniform(0, 1, output.shape).astype("float32") for output in outputs]
    trains = options.get("train", True)
    if trains:
        judged.step(ys)  # so that the files hold a state of the optimizer
        outputs = judged.predict()
    os.makedirs(folder, exist_ok=True)
    written = save_all(model, folder, options)
    arrays = {f"x{i}": x for i, x in enumerate(xs)}
    arrays.update({f"y{i}": y for i, y in enumerate(ys)})
    arrays.update({f"out{i}": output for i, output in enumerate(outputs)})
    for _ in range(STEPS if trains else 0):
        judged.step(ys)
    arrays.update({f"w{i}": np.asarray(w, "float32") for i, w in enumerate(model.get_weights())})
    np.savez(os.path.join(folder, "data.npz"), **arrays)
    return {
        "name": name,
        "files": written,
        "inputs": len(xs),
        "outputs": len(ys),
        "h5": options.get("h5", True),
        "trains": trains,
        "stateless": is_stateless(optimizer),
        "judged": options.get("judged", True),
        "tolerance": options.get("tolerance", 1e-5),
        "steps_tolerance": options.get("steps_tolerance", max(1e-4, options.get("tolerance", 0))),
    }


def write(folder):
    rows = []
    for name, (_, options) in ROWS.items():
        if options.get("keras3") and not IS_KERAS3:
            continue
        try:
            rows.append(write_row(name, os.path.join(folder, name)))
        except Exception:  # noqa: BLE001
            say("cannot make", name)
            traceback.print_exc()
    with open(os.path.join(folder, "models.json"), "w") as file:
        json.dump(rows, file)
    say("written")


def check_file(folder, file, entry):
    ours = np.load(os.path.join(folder, "ours.npz"))
    xs = [ours[f"x{i}"] for i in range(entry["inputs"])]
    ys = [ours[f"y{i}"] for i in range(entry["outputs"])]
    path = os.path.join(folder, file)
    if file == "ours.weights.h5":
        model = keras.models.load_model(os.path.join(folder, "ours.keras"))
        for weight in model.weights:
            weight.assign(np.zeros(weight.shape, "float32"))
        model.load_weights(path)
    else:
        model = keras.models.load_model(path)
    judged = Judged(model, xs)
    tolerance = entry["tolerance"]
    for i, output in enumerate(judged.predict()):
        np.testing.assert_allclose(output, ours[f"out{i}"], rtol=tolerance, atol=tolerance)
    # Keras cannot train what it read from an .h5 with an optimizer's state, its own files included:
    # its reader builds the optimizer for no variables.
    if entry["trains"] and (file == "ours.keras" or (file == "ours.h5" and entry["stateless"])):
        judged.step(ys)
        tolerance = entry["steps_tolerance"]
        for i, weight in enumerate(model.get_weights()):
            got = np.asarray(weight, "float32")
            np.testing.assert_allclose(got, ours[f"w{i}"], rtol=tolerance, atol=tolerance)


def check(folder):
    with open(os.path.join(folder, "models.json")) as file:
        rows = json.load(file)
    for entry in rows:
        if not entry["judged"]:
            continue
        place = os.path.join(folder, entry["name"])
        for name in ("ours.keras", "ours.h5", "ours.weights.h5"):
            if not os.path.exists(os.path.join(place, name)):
                continue
            try:
                check_file(place, name, entry)
            except Exception as error:  # noqa: BLE001
                text = " ".join(str(error).split())[:400]
                say(entry["name"], name, type(error).__name__, text)
    say("checked")


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](sys.argv[2])
