"""Keras on the backend that KERAS_BACKEND names: keras_peer.py WORKLOAD_AS_JSON [POLICY]."""

import sys

import keras
import numpy as np
from keras import layers

from protocol import serve
from workloads import Workload, make_examples


def mlp():
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lstm():
    return keras.Sequential(
        [
            keras.Input((100, 64)),
            layers.LSTM(128, return_sequences=True),
            layers.LSTM(128),
            layers.Dense(10, activation="softmax"),
        ]
    )


def transformer():
    tokens = keras.Input((128,), dtype="int32")
    x = layers.Embedding(8000, 128)(tokens)
    for _ in range(2):
        attended = layers.MultiHeadAttention(4, 32)(x, x)
        x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
        fed = layers.Dense(128)(layers.Dense(512, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-6)(x + fed)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(10, activation="softmax")(x))


def resnet50():
    return keras.applications.ResNet50(weights=None, input_shape=(96, 96, 3), classes=10)


def mobilenetv2():
    return keras.applications.MobileNetV2(weights=None, input_shape=(96, 96, 3), classes=10)


MODELS = {make.__name__: make for make in (mlp, cnn, lstm, transformer, resnet50, mobilenetv2)}


def compiled_call(model, x):
    """The model on x as a compiled function of the backend: the fastest that Keras has."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        function = tf.function(lambda z: model(z, training=False))
        constant = tf.constant(x)
        return lambda: function(constant).numpy()
    if backend == "jax":
        import jax

        trainable = [v.value for v in model.trainable_variables]
        others = [v.value for v in model.non_trainable_variables]
        function = jax.jit(
            lambda z: model.stateless_call(trainable, others, z, training=False)[0]
        )
        return lambda: np.asarray(function(x))
    import torch

    constant = torch.from_numpy(x)

    def call():
        with torch.no_grad():
            return model(constant, training=False).float().numpy()

    return call


class KerasPeer:
    def __init__(self, workload):
        keras.utils.set_random_seed(0)
        self.batch = workload.batch
        self.x, self.y = make_examples(workload, workload.batch * workload.batches)
        self.single = self.x[:1]
        self.call = None
        self.model = MODELS[workload.name]()
        # Keras on torch compiles nothing unless told to, and then fails on recurrent layers.
        jit = {"jit_compile": False} if keras.backend.backend() == "torch" else {}
        self.model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", **jit)

    def parameters(self):
        return sum(int(np.prod(w.shape)) for w in self.model.trainable_weights)

    def first_step(self):
        return float(self.model.train_on_batch(self.x[: self.batch], self.y[: self.batch]))

    def fit(self):
        self.call = None
        history = self.model.fit(self.x, self.y, batch_size=self.batch, verbose=0)
        return history.history["loss"][-1]

    def predict(self):
        self.model.predict(self.x, batch_size=self.batch, verbose=0)

    def predict_single(self):
        if self.call is None:
            self.call = compiled_call(self.model, self.single)
        self.call()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        keras.config.set_dtype_policy(sys.argv[2])
    contestant = Workload.parse(sys.argv[1])
    serve(contestant, lambda: KerasPeer(contestant))
