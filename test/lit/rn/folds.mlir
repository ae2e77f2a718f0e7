// RUN: %rn-opt %s --canonicalize --split-input-file | FileCheck %s

// A vector is flat; ReLU twice is ReLU; a shortcut that changes nothing is the identity.
// CHECK-LABEL: rn.network @idle
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf32>)
// CHECK-NEXT: %[[R:.*]] = rn.activation %[[X]] relu
// CHECK-NEXT: rn.return %[[R]]
rn.network @idle(%x: tensor<?x8xf32>) {
  %0 = rn.flatten %x : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = rn.activation %0 relu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = rn.activation %1 relu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  rn.return %2 : tensor<?x8xf32>
}

// -----

// CHECK-LABEL: rn.network @pad_identity
// CHECK-SAME: (%[[X:.*]]: tensor<?x8x2x2xf32>)
// CHECK-NEXT: rn.return %[[X]]
rn.network @pad_identity(%x: tensor<?x8x2x2xf32>) {
  %0 = rn.pad_shortcut %x : (tensor<?x8x2x2xf32>) -> tensor<?x8x2x2xf32>
  rn.return %0 : tensor<?x8x2x2xf32>
}

// -----

// There and back again is nothing; two changes in a row are one.
// CHECK-LABEL: rn.network @layouts
// CHECK-SAME: (%[[X:.*]]: tensor
// CHECK-NEXT: %[[Y:.*]] = rn.to_layout %[[X]] : (tensor<?x8x2x2xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x2x2xf32, #rn.layout<planar, border = 1>>
// CHECK-NEXT: rn.return %[[Y]]
rn.network @layouts(%x: tensor<?x8x2x2xf32, #rn.layout<planar, border = 0>>) {
  %0 = rn.to_layout %x : (tensor<?x8x2x2xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x2x2xf32, #rn.layout<blocked16, border = 0>>
  %1 = rn.to_layout %0 : (tensor<?x8x2x2xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x8x2x2xf32, #rn.layout<planar, border = 0>>
  %2 = rn.to_layout %1 : (tensor<?x8x2x2xf32, #rn.layout<planar, border = 0>>) -> tensor<?x8x2x2xf32, #rn.layout<planar, border = 1>>
  rn.return %2 : tensor<?x8x2x2xf32, #rn.layout<planar, border = 1>>
}

// -----

// The activated second result is not activated again; the first one, which is not, is.
// CHECK-LABEL: rn.network @epilogue
// CHECK: %[[A:.*]]:2 = rn.add
// CHECK-NEXT: %[[R:.*]] = rn.activation %[[A]]#0 relu
// CHECK-NEXT: rn.add %[[R]], %[[A]]#1
rn.network @epilogue(%x: tensor<?x8xf32>) {
  %s = rn.parameter "s" : tensor<8xf32>
  %0:2 = rn.add %x, %x affine(%s, %s) affine_activation relu : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>)
  %1 = rn.activation %0#0 relu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = rn.activation %0#1 relu : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %3 = rn.add %1, %2 : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  rn.return %3 : tensor<?x8xf32>
}
