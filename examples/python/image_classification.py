"""Which digit a picture shows; see image_classification.cpp."""
import time

import keras
from keras import layers
from keras.src.legacy.preprocessing.image import ImageDataGenerator

import example_data

arguments = example_data.parse()
(train_x, train_y), (test_x, test_y) = example_data.load_mnist(
    arguments, 1000 if arguments.quick else 8000
)
keras.utils.set_random_seed(arguments.seed)

generator = ImageDataGenerator(
    rotation_range=10,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=10,
    zoom_range=0.1,
)
pictures = generator.flow(train_x, train_y, batch_size=64, seed=arguments.seed)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.BatchNormalization(),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, activation="relu"),
    layers.BatchNormalization(),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(128, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
epochs = 2 if arguments.quick else 12
rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * len(pictures))
model.compile(
    optimizer=keras.optimizers.Adam(rate),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
start = time.perf_counter()
model.fit(pictures, epochs=epochs, verbose=2)
seconds = time.perf_counter() - start
accuracy = model.evaluate(test_x, test_y, verbose=0, return_dict=True)["accuracy"]
print(f"accuracy on 2000 digits never seen: {100 * accuracy:.2f} %")
example_data.finish(accuracy, seconds)
