"""Small archives with the inner structure of those that keras.datasets fetches, and what Python's
Keras loads from them: datasets.py [FOLDER]. cases.json lists the calls, a .npz file for each the
arrays. The pickles are as NumPy 1 and Python 2 wrote the published ones, and as Keras's own
environment writes them.
"""
import gzip
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "numpy")
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.datasets import cifar  # noqa: E402

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "."
RANDOM = np.random.RandomState(7)
CASES = []


def place(*parts):
    return os.path.join(FOLDER, *parts)


def python2_pickle(value):
    """Protocol 2 as Python 2 wrote it: strings of bytes, and tables of uint8 or of lists."""

    def text(value):
        if len(value) < 256:
            return b"U" + bytes([len(value)]) + value
        return b"T" + struct.pack("<i", len(value)) + value

    def number(value):
        if value < 256:
            return b"K" + bytes([value])
        return b"M" + struct.pack("<H", value) if value < 65536 else b"J" + struct.pack("<i", value)

    def array(value):
        is_lists = value.dtype == object
        shape = b"(" + b"".join(number(n) for n in value.shape) + b"t"
        kind = (b"cnumpy\ndtype\nU\x02" + (b"O8" if is_lists else b"u1") + b"K\0K\x01\x87R(K\x03"
                + b"U\x01|NNN" + 2 * b"J\xff\xff\xff\xff" + (b"K?" if is_lists else b"K\0") + b"tb")
        return (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tU\x01btR(K\x01" + shape
                + kind + b"\x89" + item(list(value) if is_lists else value.tobytes()) + b"tb")

    def item(value):
        if isinstance(value, bytes):
            return text(value)
        if isinstance(value, int):
            return number(value)
        if isinstance(value, np.ndarray):
            return array(value)
        if isinstance(value, dict):
            return b"}(" + b"".join(item(key) + item(value[key]) for key in value) + b"u"
        if len(value) == 1:
            return b"]" + item(value[0]) + b"a"
        return b"](" + b"".join(item(v) for v in value) + b"e"

    return b"\x80\x02" + item(value) + b"."


def python3_pickle(protocol):
    def write(value):
        data = pickle.dumps(value, protocol=protocol)
        # Of the NumPy that the published files come from.
        return data if protocol > 3 else data.replace(b"numpy._core", b"numpy.core")

    return write


PICKLES = (python2_pickle, python3_pickle(3), python3_pickle(4))


def object_npy(lists, write):
    """A one-dimensional array of Python lists as np.save writes it."""
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|O", "fortran_order": False, "shape": array.shape})
    return file.getvalue() + write(array)


def write_npz(path, arrays, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, value in arrays.items():
            if not isinstance(value, bytes):
                file = io.BytesIO()
                np.lib.format.write_array(file, value)
                value = file.getvalue()
            archive.writestr(name + ".npy", value)


def texts(count, longest=12):
    """Sequences of words, most of them frequent ones; some hold a word alone."""
    return [
        [int(w) for w in np.minimum(RANDOM.zipf(1.4, RANDOM.randint(1, longest)), 80000)]
        for _ in range(count)
    ]


def from_local(module, files):
    """Lets a module find its files here, whatever their hash is."""
    module.get_file = lambda fname=None, origin=None, **_: place(
        files.get(os.path.basename(fname), os.path.basename(fname)))


def flat(lists):
    lists = [list(x) for x in lists]
    return {
        "values": np.array([w for x in lists for w in x], dtype="int64"),
        "lengths": np.array([len(x) for x in lists], dtype="int64"),
    }


def add_case(name, file, options, loaded):
    (x_train, y_train), (x_test, y_test) = loaded
    arrays = {"y_train": y_train, "y_test": y_test}
    for part, x in (("train", x_train), ("test", x_test)):
        if isinstance(x, np.ndarray) and x.dtype != object:
            arrays["x_" + part] = x
        else:
            arrays.update({f"{key}_{part}": value for key, value in flat(x).items()})
    arrays = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
    data = f"case_{len(CASES)}.npz"
    np.savez(place(data), **arrays)
    CASES.append({"set": name, "file": file, "options": options, "data": data})


SEQUENCE_OPTIONS = [
    {},
    {"num_words": 20},
    {"num_words": 20, "skip_top": 5},
    {"skip_top": 6, "oov_char": None},
    {"num_words": 1000, "maxlen": 8, "oov_char": None},
    {"maxlen": 6},
    {"maxlen": 7, "start_char": None},
    {"seed": 0},
    {"seed": 4294967295, "start_char": 7, "oov_char": 9, "index_from": 11},
    {"start_char": None, "index_from": 0},
    {"start_char": None, "index_from": 2, "num_words": 30, "oov_char": None},
    {"index_from": 0, "num_words": 15, "skip_top": 3, "maxlen": 9, "seed": 3},
    {"num_words": 0, "maxlen": 0},
]


def write_sequences(write, number):
    for name in ("imdb", "reuters"):
        file = f"{name}_{number}.npz"
        if name == "imdb":
            arrays = {
                "x_train": object_npy(texts(40), write),
                "y_train": RANDOM.randint(0, 2, 40),
                "x_test": object_npy(texts(25), write),
                "y_test": RANDOM.randint(0, 2, 25),
            }
        else:
            arrays = {"x": object_npy(texts(57), write), "y": RANDOM.randint(0, 46, 57)}
        write_npz(place(file), arrays, zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED)
        module = getattr(keras.src.datasets, name)
        from_local(module, {f"{name}.npz": file})
        more = [{"test_split": s} for s in (0.0, 0.33, 0.9)] if name == "reuters" else []
        for options in SEQUENCE_OPTIONS + more:
            add_case(name, file, options, module.load_data(**options))


def write_word_index():
    words = {"the": 1, "caf\u00e9": 17, "'quoted'": 88584, "\u65e5\u672c": 3, "tab\t": 52}
    for name in ("imdb", "reuters"):
        file = f"{name}_word_index.json"
        with open(place(file), "w") as out:
            json.dump(words, out, ensure_ascii=name == "imdb")
        module = getattr(keras.src.datasets, name)
        from_local(module, {})
        CASES.append({"set": "word_index", "file": file, "options": {},
                      "words": module.get_word_index()})
    CASES.append({"set": "label_names", "names": list(keras.datasets.reuters.get_label_names())})


def cifar_batch(count, hundred):
    labels = RANDOM.randint(0, 100 if hundred else 10, count)
    batch = {b"batch_label": b"training batch 1 of 5"}
    if hundred:
        batch = {b"filenames": [b"bos_taurus_%d.png" % i for i in range(count)], **batch}
        batch[b"fine_labels"] = [int(v) for v in labels]
        batch[b"coarse_labels"] = [int(v) // 5 for v in labels]
    else:
        batch[b"labels"] = [int(v) for v in labels]
        batch[b"filenames"] = [b"leptodactylus_%d.png" % i for i in range(count)]
    batch[b"data"] = RANDOM.randint(0, 256, (count, 3072)).astype("uint8")
    return batch


def write_archive(path, inner, members):
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo(inner)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
        for name, data in members.items():
            info = tarfile.TarInfo(f"{inner}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def write_cifar100(write, file):
    members = {"train": write(cifar_batch(6, True)), "test": write(cifar_batch(3, True)),
               "meta": b"", "file.txt~": b""}
    write_archive(place(file), "cifar-100-python", members)
    from_local(keras.src.datasets.cifar100, {"cifar-100-python-target": file + ".unpacked"})
    with tarfile.open(place(file)) as archive:
        archive.extractall(place(file + ".unpacked"))
    for mode in ("fine", "coarse"):
        for data_format in ("channels_last", "channels_first"):
            keras.config.set_image_data_format(data_format)
            add_case("cifar100", file, {"label_mode": mode, "data_format": data_format},
                     keras.datasets.cifar100.load_data(mode))
    keras.config.set_image_data_format("channels_last")


def write_cifar10(write, file):
    """Keras's load_data wants batches of 10,000, so it is the reader of one that is asked."""
    members = {f"data_batch_{i}": write(cifar_batch(2, False)) for i in range(1, 6)}
    members["test_batch"] = write(cifar_batch(3, False))
    write_archive(place(file), "cifar-10-batches-py", members)
    read = {}
    for name, data in members.items():
        with open(place("batch"), "wb") as out:
            out.write(data)
        read[name] = cifar.load_batch(place("batch"))
    x, y = (np.concatenate([read[f"data_batch_{i}"][part] for i in range(1, 6)])
            for part in (0, 1))
    x_test, y_test = read["test_batch"]
    add_case("cifar10", file, {},
             ((x.transpose(0, 2, 3, 1), y.reshape(-1, 1).astype("uint8")),
              (x_test.transpose(0, 2, 3, 1), np.reshape(y_test, (-1, 1)).astype("uint8"))))


def write_tables():
    for name, rows, columns in (("boston_housing", 101, 13), ("california_housing", 731, 8)):
        module = getattr(keras.src.datasets, name)
        dtype = "float64" if name == "boston_housing" else "float32"
        file = name + ".npz"
        write_npz(place(file), {"x": RANDOM.randn(rows, columns).astype(dtype),
                                "y": RANDOM.randn(rows).astype(dtype)})
        from_local(module, {})
        for options in ({}, {"test_split": 0.0}, {"test_split": 0.37, "seed": 0},
                        {"seed": 4294967295}, {"version": "small"},
                        {"version": "large", "seed": 5}):
            if name == "california_housing" or "version" not in options:
                add_case(name, file, options, module.load_data(**options))


def write_pictures():
    digits = {"x_train": (9, 28, 28), "y_train": (9,), "x_test": (4, 28, 28), "y_test": (4,)}
    write_npz(place("mnist.npz"),
              {key: RANDOM.randint(0, 256, shape).astype("uint8")
               for key, shape in digits.items()}, zipfile.ZIP_DEFLATED)
    from_local(keras.src.datasets.mnist, {})
    add_case("mnist", "mnist.npz", {}, keras.datasets.mnist.load_data())
    os.makedirs(place("datasets", "fashion-mnist"))
    for part, count in (("train", 7), ("t10k", 5)):
        for kind, shape in (("labels-idx1", (count,)), ("images-idx3", (count, 28, 28))):
            values = RANDOM.randint(0, 256, shape).astype("uint8")
            front = struct.pack(">BBBB", 0, 0, 8, len(shape)) + struct.pack(f">{len(shape)}I",
                                                                            *shape)
            name = f"{part}-{kind}-ubyte.gz"
            with gzip.open(place("datasets", "fashion-mnist", name), "wb") as out:
                out.write(front + values.tobytes())
    from_local(keras.src.datasets.fashion_mnist,
               {f"{part}-{kind}-ubyte.gz": f"datasets/fashion-mnist/{part}-{kind}-ubyte.gz"
                for part in ("train", "t10k") for kind in ("labels-idx1", "images-idx3")})
    add_case("fashion_mnist", "", {}, keras.datasets.fashion_mnist.load_data())


for number, write in enumerate(PICKLES):
    write_sequences(write, number)
    write_cifar100(write, f"cifar100_{number}.tar.gz")
    write_cifar10(write, f"cifar10_{number}.tar.gz")
write_word_index()
write_tables()
write_pictures()
with open(place("cases.json"), "w") as out:
    json.dump(CASES, out)
print("cases:", len(CASES))
