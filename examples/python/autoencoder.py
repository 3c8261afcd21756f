"""Pictures of digits through a bottleneck of sixteen numbers and back; see autoencoder.cpp."""
import time

import keras
from keras import layers

import example_data

arguments = example_data.parse()
(train_x, _), (test_x, _) = example_data.load_mnist(arguments, 1000 if arguments.quick else 8000)
keras.utils.set_random_seed(arguments.seed)

encoder = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(64, 3, strides=2, padding="same", activation="relu"),
    layers.Flatten(),
    layers.Dense(16, name="code"),
])
decoder = keras.Sequential([
    keras.Input((16,)),
    layers.Dense(7 * 7 * 64, activation="relu"),
    layers.Reshape((7, 7, 64)),
    layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
])
picture = keras.Input((28, 28, 1))
autoencoder = keras.Model(picture, decoder(encoder(picture)))
autoencoder.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
start = time.perf_counter()
autoencoder.fit(train_x, train_x, batch_size=64, epochs=1 if arguments.quick else 6, verbose=2)
seconds = time.perf_counter() - start

error = autoencoder.evaluate(test_x, test_x, verbose=0)
spread = test_x.var(axis=0).mean()
print(f"squared error {error:.4f}: {100 * error / spread:.1f} % of the pictures' variance is left")
example_data.finish(error / spread, seconds)
