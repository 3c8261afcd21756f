"""Which digit is spoken; see spoken_digits.cpp."""
import time
import wave

import keras
import numpy as np
from keras import layers

import example_data

SAMPLES = 8000  # a second
# Averages of 0.99, the default, lag behind weights that learn for some hundred steps only.
MOMENTUM = 0.9


def centred(recording):
    recording = recording / max(1e-6, np.abs(recording).max())
    sound = np.flatnonzero(np.abs(recording) > 0.02)
    recording = recording[sound[0] : sound[-1] + 1][:SAMPLES]
    first = (SAMPLES - len(recording)) // 2
    return np.pad(recording, (first, SAMPLES - len(recording) - first))


def load(folder, most):
    files = [(file, label) for label, kind in enumerate(sorted(folder.iterdir()))
             for file in sorted(kind.iterdir())]
    np.random.default_rng(1).shuffle(files)
    recordings = []
    for path, _ in files[:most]:
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        recordings.append(centred(samples.astype("float32") / 32768))
    labels = [label for _, label in files[:most]]
    return np.array(recordings, "float32"), np.array(labels, "int32")


def spectra(recordings):
    mel = layers.MelSpectrogram(
        fft_length=512,
        sequence_stride=128,
        sequence_length=256,
        sampling_rate=8000,
        num_mel_bins=40,
        min_freq=60,
    )
    return np.array(mel(recordings))[..., None] / 40


def moved(recordings, by):
    noise = np.random.normal(scale=0.003, size=recordings.shape)
    return (np.roll(recordings, by, axis=1) + noise).astype("float32")


arguments = example_data.parse()
folder = example_data.find(arguments, "audio/fsdd")
keras.utils.set_random_seed(arguments.seed)
train_x, train_y = load(folder / "train", 150 if arguments.quick else 10000)
test_x, test_y = load(folder / "test", 50 if arguments.quick else 10000)
x = np.concatenate(
    [spectra(train_x), spectra(moved(train_x, 500)), spectra(moved(train_x, -500))]
)
y = np.concatenate([train_y, train_y, train_y])

model = keras.Sequential([
    keras.Input(x.shape[1:]),
    layers.Conv2D(32, 3, padding="same", use_bias=False),
    layers.BatchNormalization(momentum=MOMENTUM),
    layers.ReLU(),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, padding="same", use_bias=False),
    layers.BatchNormalization(momentum=MOMENTUM),
    layers.ReLU(),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(64, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
start = time.perf_counter()
model.fit(x, y, batch_size=64, epochs=1 if arguments.quick else 3, verbose=2)
seconds = time.perf_counter() - start
accuracy = model.evaluate(spectra(test_x), test_y, verbose=0, return_dict=True)["accuracy"]
print(f"accuracy on {len(test_x)} recordings: {100 * accuracy:.2f} %")
example_data.finish(accuracy, seconds)
