"""Whether somebody earns more than 50,000 dollars a year; see tabular.cpp."""
import csv
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import example_data

NUMBERS = [0, 4, 10, 11, 12]
WORDS = {
    1: "workclass", 3: "education", 5: "marital", 6: "occupation",
    7: "relation", 8: "race", 9: "sex", 13: "country",
}


def table_of(rows):
    numbers = np.array([[row[column] for column in NUMBERS] for row in rows], "float32")
    numbers[:, 2:4] = np.log1p(numbers[:, 2:4])  # gains and losses are zero or thousands
    x = {"numbers": tf.constant(numbers)}
    for column, name in WORDS.items():
        x[name] = tf.constant([[row[column]] for row in rows])
    return x, np.array([[row[14] == ">50K"] for row in rows], "float32")


arguments = example_data.parse()
with open(example_data.find(arguments, "tabular/adult-train.csv")) as file:
    rows = [row for row in csv.reader(file, skipinitialspace=True) if len(row) == 15]
if arguments.quick:
    rows = rows[:4000]
keras.utils.set_random_seed(arguments.seed)
cut = len(rows) * 4 // 5
train_x, train_y = table_of(rows[:cut])
test_x, test_y = table_of(rows[cut:])

inputs = {"numbers": keras.Input((len(NUMBERS),), name="numbers")}
normalize = layers.Normalization()
normalize.adapt(train_x["numbers"])
features = [normalize(inputs["numbers"])]
for name in WORDS.values():
    inputs[name] = keras.Input((1,), dtype="string", name=name)
    lookup = layers.StringLookup(output_mode="one_hot")
    lookup.adapt(train_x[name])
    features.append(keras.ops.cast(lookup(inputs[name]), "float32"))
x = layers.Concatenate()(features)
x = layers.Dense(64, activation="relu")(x)
x = layers.Dropout(0.3)(x)
x = layers.Dense(32, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))

model.compile(
    optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"]
)
start = time.perf_counter()
model.fit(train_x, train_y, batch_size=128, epochs=2 if arguments.quick else 15, verbose=2)
seconds = time.perf_counter() - start
accuracy = model.evaluate(test_x, test_y, verbose=0, return_dict=True)["accuracy"]
print(f"accuracy on the last fifth: {100 * accuracy:.2f} %")

model.save("adult_python.keras")
again = keras.models.load_model("adult_python.keras")
assert again.evaluate(test_x, test_y, verbose=0, return_dict=True)["accuracy"] == accuracy
example_data.finish(accuracy, seconds)
