// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(select-layout))" --split-input-file | FileCheck %s
// A second run finds nothing to do.
// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(select-layout,select-layout))" --split-input-file | FileCheck %s

// Two changes of layout in the whole network: the first convolution reads planar and writes blocked, the exit is
// rn.to_layout. The skip, the sum and what the sum overwrites have one border, the largest of the paddings.
// CHECK-LABEL: rn.network @entry_and_exit(%arg0: tensor<?x3x8x8xui8, #rn.layout<planar, border = 0>>)
// CHECK: rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<planar, border = 3>>
// CHECK: rn.conv2d %{{.*}} pads [3, 3] : (tensor<?x3x8x8xf32, #rn.layout<planar, border = 3>>, {{.*}}) -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK: %[[SKIP:.*]] = rn.max_pool2d {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 2>>
// CHECK: %[[BODY:.*]] = rn.conv2d %[[SKIP]], %{{.*}} pads [1, 1] : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK: %[[SUM:.*]] = rn.conv2d %[[BODY]], %{{.*}} residual(%[[SKIP]]) : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 2>>
// CHECK: rn.conv2d %[[SUM]], %{{.*}} pads [2, 2] : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.global_avg_pool {{.*}} -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.softmax {{.*}} -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.to_layout {{.*}} -> tensor<?x16xf32, #rn.layout<planar, border = 0>>
// CHECK-NEXT: rn.return %{{.*}} : tensor<?x16xf32, #rn.layout<planar, border = 0>>
rn.network @entry_and_exit(%x: tensor<?x3x8x8xui8>) {
  %n = rn.normalize %x mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %a = rn.parameter "a.weight" : tensor<16x3x7x7xf32>
  %b = rn.parameter "b.weight" : tensor<16x16x3x3xf32>
  %c = rn.parameter "c.weight" : tensor<16x16x1x1xf32>
  %d = rn.parameter "d.weight" : tensor<16x16x5x5xf32>
  %0 = rn.conv2d %n, %a pads [3, 3] : (tensor<?x3x8x8xf32>, tensor<16x3x7x7xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.max_pool2d %0 kernel [3, 3] pads [1, 1] : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.conv2d %1, %b pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %3 = rn.conv2d %2, %c residual(%1) : (tensor<?x16x8x8xf32>, tensor<16x16x1x1xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %4 = rn.conv2d %3, %d pads [2, 2] : (tensor<?x16x8x8xf32>, tensor<16x16x5x5xf32>) -> tensor<?x16x8x8xf32>
  %5 = rn.global_avg_pool %4 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %6 = rn.softmax %5 : (tensor<?x16xf32>) -> tensor<?x16xf32>
  rn.return %6 : tensor<?x16xf32>
}

// -----

// An f32 input that nobody normalises gets an entry of its own.
// CHECK-LABEL: rn.network @plain_input(%arg0: tensor<?x3x8x8xf32, #rn.layout<planar, border = 0>>)
// CHECK: %[[E:.*]] = rn.to_layout %arg0 : {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>
// CHECK: rn.conv2d %[[E]], {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @plain_input(%x: tensor<?x3x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x3x3x3xf32>
  %0 = rn.conv2d %x, %a pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<16x3x3x3xf32>) -> tensor<?x16x8x8xf32>
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// Sixteen channels fill a block.
// CHECK-LABEL: rn.network @wide_input
// CHECK: %[[E:.*]] = rn.to_layout %arg0 : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 1>>
// CHECK: rn.conv2d %[[E]],
rn.network @wide_input(%x: tensor<?x16x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %a pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// A narrow input that is a skip too is blocked at once; so is one that a pool or a grouped convolution reads.
// CHECK-LABEL: rn.network @narrow_skip
// CHECK: rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 1>>
// CHECK: rn.conv2d {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 1>>
rn.network @narrow_skip(%x: tensor<?x3x8x8xui8>) {
  %n = rn.normalize %x mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %a = rn.parameter "a.weight" : tensor<3x3x3x3xf32>
  %0 = rn.conv2d %n, %a residual(%n) pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<3x3x3x3xf32>, tensor<?x3x8x8xf32>) -> tensor<?x3x8x8xf32>
  rn.return %0 : tensor<?x3x8x8xf32>
}

// -----

// CHECK-LABEL: rn.network @narrow_pool
// CHECK: rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @narrow_pool(%x: tensor<?x3x8x8xui8>) {
  %n = rn.normalize %x mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %0 = rn.avg_pool2d %n kernel [3, 3] pads [1, 1] : (tensor<?x3x8x8xf32>) -> tensor<?x3x8x8xf32>
  rn.return %0 : tensor<?x3x8x8xf32>
}

// -----

// CHECK-LABEL: rn.network @narrow_groups
// CHECK: rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @narrow_groups(%x: tensor<?x3x8x8xui8>) {
  %n = rn.normalize %x mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %a = rn.parameter "a.weight" : tensor<3x1x1x1xf32>
  %0 = rn.conv2d %n, %a groups 3 : (tensor<?x3x8x8xf32>, tensor<3x1x1x1xf32>) -> tensor<?x3x8x8xf32>
  rn.return %0 : tensor<?x3x8x8xf32>
}

// -----

// The activated second result has a border of its own: it shares no buffer with the skip.
// CHECK-LABEL: rn.network @second
// CHECK: %[[R:.*]]:2 = rn.conv2d {{.*}} -> (tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>, tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 1>>)
// CHECK: rn.conv2d %[[R]]#1, %{{.*}} residual(%[[R]]#0) pads [1, 1] : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @second(%x: tensor<?x16x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x16x3x3xf32>
  %s = rn.parameter "s" : tensor<16xf32>
  %0:2 = rn.conv2d %x, %a affine(%s, %s) pads [1, 1] affine_activation relu : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<16xf32>, tensor<16xf32>) -> (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>)
  %1 = rn.conv2d %0#1, %a residual(%0#0) pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// What flatten makes is in the order of NCHW, for the weights behind it: planar before, blocked again after.
// CHECK-LABEL: rn.network @flatten_map
// CHECK: %[[P:.*]] = rn.to_layout %{{.*}} : (tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>) -> tensor<?x16x8x8xf32, #rn.layout<planar, border = 0>>
// CHECK: %[[F:.*]] = rn.flatten %[[P]] : {{.*}} -> tensor<?x1024xf32, #rn.layout<planar, border = 0>>
// CHECK: %[[B:.*]] = rn.to_layout %[[F]] : {{.*}} -> tensor<?x1024xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.linear %[[B]],
rn.network @flatten_map(%x: tensor<?x3x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x3x3x3xf32>
  %0 = rn.conv2d %x, %a pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<16x3x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.flatten %0 : (tensor<?x16x8x8xf32>) -> tensor<?x1024xf32>
  %f = rn.parameter "fc.weight" : tensor<10x1024xf32>
  %2 = rn.linear %1, %f : (tensor<?x1024xf32>, tensor<10x1024xf32>) -> tensor<?x10xf32>
  rn.return %2 : tensor<?x10xf32>
}

// -----

// One pixel a channel is in order already; an input that is only flattened stays as it is.
// CHECK-LABEL: rn.network @flatten_pixel
// CHECK: rn.flatten %{{.*}} -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
rn.network @flatten_pixel(%x: tensor<?x16x1x1xf32>) {
  %0 = rn.activation %x relu : (tensor<?x16x1x1xf32>) -> tensor<?x16x1x1xf32>
  %1 = rn.flatten %0 : (tensor<?x16x1x1xf32>) -> tensor<?x16xf32>
  rn.return %1 : tensor<?x16xf32>
}

// -----

// CHECK-LABEL: rn.network @flatten_input
// CHECK-NEXT: %[[F:.*]] = rn.flatten %arg0
// CHECK-NEXT: rn.return %[[F]]
rn.network @flatten_input(%x: tensor<?x3x8x8xf32>) {
  %0 = rn.flatten %x : (tensor<?x3x8x8xf32>) -> tensor<?x192xf32>
  rn.return %0 : tensor<?x192xf32>
}

// -----

// Three values in one class: a standalone sum of two maps may overwrite either.
// CHECK-LABEL: rn.network @add
// CHECK: rn.activation {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 1>>
// CHECK: rn.add {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 1>>
rn.network @add(%x: tensor<?x16x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x16x3x3xf32>
  %0 = rn.activation %x relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.add %0, %x : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.conv2d %1, %a pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// A concatenation has its readers' border, its parts have their own readers'; a gate and what it gates share no buffer.
// Of four paddings the largest counts, on whatever side it is.
// CHECK-LABEL: rn.network @branches
// CHECK: %[[X:.*]] = rn.to_layout %arg0 {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 2>>
// CHECK: %[[A:.*]] = rn.conv2d %[[X]], %{{.*}} pads [0, 2, 2, 0] : {{.*}} -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK: %[[C:.*]] = rn.concat %[[A]], %[[X]] : {{.*}} -> tensor<?x32x8x8xf32, #rn.layout<blocked16, border = 3>>
// CHECK: %[[G:.*]] = rn.global_max_pool %[[C]] : {{.*}} -> tensor<?x32xf32, #rn.layout<blocked16, border = 0>>
// CHECK: %[[M:.*]] = rn.multiply %[[C]], %[[G]] : {{.*}} -> tensor<?x32x8x8xf32, #rn.layout<blocked16, border = 1>>
// CHECK: rn.conv2d %[[C]], %{{.*}} pads [1, 1, 0, 3] : {{.*}} -> tensor<?x16x7x10xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.conv2d %[[M]], %{{.*}} pads [1, 1, 0, 1] : {{.*}} -> tensor<?x16x7x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @branches(%x: tensor<?x16x8x8xf32>) {
  %a = rn.parameter "a.weight" : tensor<16x16x3x3xf32>
  %b = rn.parameter "b.weight" : tensor<16x32x3x3xf32>
  %c = rn.parameter "c.weight" : tensor<16x32x3x3xf32>
  %0 = rn.conv2d %x, %a pads [0, 2, 2, 0] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %1 = rn.concat %0, %x : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x32x8x8xf32>
  %2 = rn.global_max_pool %1 : (tensor<?x32x8x8xf32>) -> tensor<?x32xf32>
  %3 = rn.multiply %1, %2 : (tensor<?x32x8x8xf32>, tensor<?x32xf32>) -> tensor<?x32x8x8xf32>
  %4 = rn.conv2d %1, %b pads [1, 1, 0, 3] : (tensor<?x32x8x8xf32>, tensor<16x32x3x3xf32>) -> tensor<?x16x7x10xf32>
  %5 = rn.conv2d %3, %c pads [1, 1, 0, 1] : (tensor<?x32x8x8xf32>, tensor<16x32x3x3xf32>) -> tensor<?x16x7x8xf32>
  %6 = rn.global_avg_pool %4 : (tensor<?x16x7x10xf32>) -> tensor<?x16xf32>
  %7 = rn.multiply %5, %6 complement : (tensor<?x16x7x8xf32>, tensor<?x16xf32>) -> tensor<?x16x7x8xf32>
  rn.return %7 : tensor<?x16x7x8xf32>
}

// -----

// Only convolutions read planar maps: a narrow input that is concatenated or multiplied is blocked at once.
// CHECK-LABEL: rn.network @narrow_concat
// CHECK: rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 1>>
// CHECK: rn.concat {{.*}} -> tensor<?x7x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @narrow_concat(%x: tensor<?x3x8x8xui8>) {
  %n = rn.normalize %x mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %a = rn.parameter "a.weight" : tensor<4x3x3x3xf32>
  %0 = rn.conv2d %n, %a pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x4x8x8xf32>
  %1 = rn.concat %n, %0 : (tensor<?x3x8x8xf32>, tensor<?x4x8x8xf32>) -> tensor<?x7x8x8xf32>
  rn.return %1 : tensor<?x7x8x8xf32>
}

// -----

// CHECK-LABEL: rn.network @narrow_multiply
// CHECK: rn.to_layout %arg0 {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK: rn.multiply {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @narrow_multiply(%x: tensor<?x3x8x8xf32>) {
  %0 = rn.multiply %x, %x : (tensor<?x3x8x8xf32>, tensor<?x3x8x8xf32>) -> tensor<?x3x8x8xf32>
  rn.return %0 : tensor<?x3x8x8xf32>
}

// -----

// A signal has its border above and below, too: one number for all sides.
// CHECK-LABEL: rn.network @signal
// CHECK: rn.to_layout %arg0 {{.*}} -> tensor<?x2x1x8xf32, #rn.layout<planar, border = 2>>
// CHECK: rn.conv2d {{.*}} pads [0, 2, 0, 0] : {{.*}} -> tensor<?x4x1x8xf32, #rn.layout<blocked16, border = 0>>
rn.network @signal(%x: tensor<?x2x1x8xf32>) attributes {signal} {
  %w = rn.parameter "w" : tensor<4x2x3xf32>
  %0 = rn.conv2d %x, %w pads [0, 2, 0, 0] : (tensor<?x2x1x8xf32>, tensor<4x2x3xf32>) -> tensor<?x4x1x8xf32>
  rn.return %0 : tensor<?x4x1x8xf32>
}
