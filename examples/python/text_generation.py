"""Writes film reviews character by character; see text_generation.cpp."""
import time

import keras
import numpy as np
from keras import layers

import example_data

ROWS, STEPS = 32, 64


def make_model(vocabulary, rows, steps):
    return keras.Sequential([
        keras.Input((steps,), batch_size=rows, dtype="int32"),
        layers.Embedding(vocabulary, 32),
        layers.LSTM(128, return_sequences=True, stateful=True, name="memory"),
        layers.Dense(vocabulary),
    ])


arguments = example_data.parse()
path = example_data.find(arguments, "text/rt-polarity.pos")
lines = [line for line in path.read_text(encoding="latin-1").split("\n") if line]
text = "".join("".join(c for c in line if " " <= c <= "~") + "\n" for line in lines)
if arguments.quick:
    text = text[:20000]
keras.utils.set_random_seed(arguments.seed)
letters = list(dict.fromkeys(text))
codes = np.array([letters.index(c) for c in text], "int32")
vocabulary = len(letters)

# Each row of a batch goes on where the same row of the batch before ended.
length = (len(codes) - 1) // ROWS
batches = length // STEPS


def in_batches(values):
    rows = values[: ROWS * length].reshape(ROWS, length)[:, : batches * STEPS]
    return rows.reshape(ROWS, batches, STEPS).swapaxes(0, 1).reshape(-1, STEPS)


x, y = in_batches(codes), in_batches(codes[1:])
model = make_model(vocabulary, ROWS, STEPS)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
start = time.perf_counter()
for epoch in range(2 if arguments.quick else 12):
    model.get_layer("memory").reset_state()
    history = model.fit(x, y, batch_size=ROWS, verbose=0, shuffle=False)
    bits = history.history["loss"][-1] / np.log(2)
    print(f"epoch {epoch + 1}: {bits:.3f} bits a character")
seconds = time.perf_counter() - start

# The same weights for one row and one step, whose state stays from character to character.
writer = make_model(vocabulary, 1, 1)
writer.set_weights(model.get_weights())
code = letters.index("\n")
written = ""
for i in range(300):
    logits = writer.predict_on_batch(np.array([[code]]))[0]
    code = int(keras.random.categorical(logits * 1.4, 1, seed=i)[0, 0])
    written += letters[code]
print(written)
example_data.finish(bits, seconds)
