"""Whether a sentence about a film is friendly; see text_sentiment.cpp."""
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import example_data

arguments = example_data.parse()
sentences, labels = [], []
for name, label in (("text/rt-polarity.neg", 0), ("text/rt-polarity.pos", 1)):
    lines = example_data.find(arguments, name).read_text(encoding="latin-1").split("\n")
    lines = [line for line in lines if line]
    sentences += lines
    labels += [label] * len(lines)
keras.utils.set_random_seed(arguments.seed)
order = np.arange(len(labels))
np.random.RandomState(arguments.seed).shuffle(order)
x = np.array(sentences, dtype=object)[order].reshape(-1, 1)
y = np.array(labels, dtype="float32")[order].reshape(-1, 1)
cut = len(x) - 1662
used = 1000 if arguments.quick else cut
train_x, train_y = tf.constant(x[:used]), y[:used]
test_x, test_y = tf.constant(x[cut:]), y[cut:]

vectorize = layers.TextVectorization(max_tokens=12000, output_sequence_length=32)
vectorize.adapt(train_x)
model = keras.Sequential([
    keras.Input((1,), dtype="string"),
    vectorize,
    layers.Embedding(12000, 64, mask_zero=True),
    layers.Dropout(0.5),
    layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
    layers.GlobalAveragePooling1D(),
    layers.Dropout(0.5),
    layers.Dense(1, activation="sigmoid"),
])
epochs = 1 if arguments.quick else 6
rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * len(train_y) // 64)
model.compile(
    optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"]
)
start = time.perf_counter()
model.fit(train_x, train_y, batch_size=64, epochs=epochs, verbose=2)
seconds = time.perf_counter() - start
accuracy = model.evaluate(test_x, test_y, verbose=0, return_dict=True)["accuracy"]
print(f"accuracy on {len(test_x)} sentences: {100 * accuracy:.2f} %")

mine = ["a moving and beautiful film", "dull, lifeless and far too long"]
for sentence, score in zip(mine, model.predict(tf.constant(mine)[:, None], verbose=0)):
    print(f"{score[0]:.2f} {sentence}")
example_data.finish(accuracy, seconds)
