//===- DataSet.h - labelled images to train and evaluate with --------------===//
//
// A folder on the disk as images of a network's input, each with a class. Formats: README.md.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_DATA_DATASET_H
#define RESNETC_RUNTIME_DATA_DATASET_H

#include "resnetc/abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace resnetc::data {

/// Labelled images of one shape. Unchanged after it was opened: any thread may read.
class DataSet {
public:
  virtual ~DataSet();
  DataSet(const DataSet &) = delete;
  DataSet &operator=(const DataSet &) = delete;

  size_t size() const { return classes.size(); }
  /// What readImage gives: the network's input, [C, H, W] (or another rank) without the batch, u8 or f32.
  const resnetc_tensor_shape &shape() const { return imageShape; }
  size_t imageBytes() const; ///< of one image
  /// The class of each image, in [0, classes of openDataSets).
  llvm::ArrayRef<int32_t> labels() const { return classes; }
  /// The name of each class; empty if the data has none.
  llvm::ArrayRef<std::string> classNames() const { return names; }

  /// Writes imageBytes() bytes to `image`: dense, planes in the order of the channels. An f32 input gets
  /// a picture's bytes divided by 255. The error (a damaged picture, say) names the file.
  virtual llvm::Error readImage(size_t index, uint8_t *image) const = 0;

protected:
  DataSet(const resnetc_tensor_shape &shape, std::vector<int32_t> labels, std::vector<std::string> classNames)
      : imageShape(shape), classes(std::move(labels)), names(std::move(classNames)) {}

private:
  resnetc_tensor_shape imageShape;
  std::vector<int32_t> classes;
  std::vector<std::string> names;
};

/// Either is null if the folder has none.
struct DataSets {
  std::unique_ptr<DataSet> train, test;
};

/// Opens a folder of one of these formats, told apart by the names of files:
///   IDX (MNIST, Fashion-MNIST)   {train,t10k}-{images-idx3,labels-idx1}-ubyte[.gz]
///   CIFAR-10, CIFAR-100          data_batch_{1..5}.bin, test_batch.bin; train.bin, test.bin
///   .npy                         {train,test}-images.npy (u8 or f32), {train,test}-labels.npy (u8, i32 or i64)
///   pictures                     train/<class>/*.{png,jpg,jpeg} and test/ or val/<class>/…
/// Class names: classes.txt in the folder (one a line) or `classNames`, which goes first; CIFAR's own
/// batches.meta.txt and fine_label_names.txt; the names of the folders of pictures.
/// `input`, `classes`: the network's. Files are not trusted. Images of another size than the input (pictures are
/// fitted: fitPicture), labels outside [0, classes) and damaged files are errors that name the file, the index and
/// what to do.
llvm::Expected<DataSets> openDataSets(llvm::StringRef path, const resnetc_tensor_shape &input, int64_t classes,
                                      llvm::ArrayRef<std::string> classNames = {});

/// The images `indices` of another set, in that order.
std::unique_ptr<DataSet> subset(std::shared_ptr<const DataSet> set, llvm::ArrayRef<size_t> indices);

/// Keeps `share` (0 to 1) of each class apart, at least one image of a class that has two, chosen by Philox(seed): the
/// rest is to train with, the held out images are `test`. The order of the images stays.
DataSets holdOut(std::shared_ptr<const DataSet> set, double share, uint64_t seed);

/// One class name a line; empty lines are left out. The error names the file.
llvm::Expected<std::vector<std::string>> readClassNames(llvm::StringRef path);

} // namespace resnetc::data

#endif // RESNETC_RUNTIME_DATA_DATASET_H
