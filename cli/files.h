#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "keras/models/model.h"
#include "keras/saving/tensor_files.h"

namespace keras::cli {

/// A model's file. Throws BadInput for what is not there or is a folder, and what the library
/// throws for what is no model.
Model open_model(const std::string& path, bool compile = false);
/// Throws BadInput unless it is a file that can be read.
void check_readable(const std::string& path);
/// Throws BadInput unless a file can be made there; asked before the work that it is for.
void check_writable(const std::string& path);
/// In lower case, such as ".npz".
std::string ending_of(const std::string& path);

/// Arrays of `.npy` (one without a name), `.npz` or `.csv` (one, rows of numbers; a first line of
/// names is passed over). Throws BadInput for any other ending.
NamedTensors read_arrays(const std::string& path);
/// Whether the name is one of an image that can be read: `.png`, `.jpg` or `.jpeg`.
bool is_image(const std::string& path);
/// Images as one batch, resized to what the model takes, with values from 0 to 255. Throws BadInput
/// for a model whose input is no image.
Tensor read_images(const Model& model, const std::vector<std::string>& paths);
/// The model's inputs from files: one `.npz` with their names, or in order; one file an input; or
/// images, one an example. Throws BadInput where the shapes do not fit.
Tensors read_inputs(const Model& model, const std::vector<std::string>& paths);

/// The examples in an `.npz` file: arrays by the names of the model's inputs and outputs, or "x"
/// (also "x0", "x_train", "x_test") and "y"; "sample_weight" where there is one.
struct Examples {
  Data x;
  Data y;
  Data sample_weight;
};
/// `part` is "train" or "test": `x_train` is looked for before `x`.
Examples read_examples(const Model& model, const std::string& path, const std::string& part);

/// Throws BadInput where a path is not for so many arrays; asked before the work that makes them.
void check_array_file(const std::string& path, std::size_t count);
/// Arrays by the ending of the path: `.npy` (one), `.npz` or `.csv` (one).
void write_arrays(const std::string& path, const NamedTensors& arrays);
/// Rows of numbers with commas between.
std::string csv_text(const Tensor& array);

}  // namespace keras::cli
