// Ops with epilogues of their own, two results, flatten of a map, a network that returns its input.
// RUN: %rn-opt %s --split-input-file --rn-to-plan | FileCheck %s

// CHECK: plan.kernel @copy_0 "copy batch=1 in=planar:f32:16x4x4 out=blocked16:f32:16x4x4"
// CHECK-NEXT: plan.kernel @elementwise_0 "elementwise batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:16x4x4 second=blocked16:f32:16x4x4+1 epilogue=residual,relu,affine,affine_relu,keep_first"
// CHECK: plan.kernel @pad_shortcut_0 "pad_shortcut batch=1 in=blocked16:f32:16x4x4 out=blocked16:f32:32x2x2 stride=2x2"
// CHECK: plan.kernel @elementwise_1 "elementwise batch=1 in=blocked16:f32:32x2x2 out=blocked16:f32:32x2x2 epilogue=relu"
// CHECK: plan.kernel @avg_pool2d_0 "avg_pool2d batch=1 in=blocked16:f32:32x2x2 out=blocked16:f32:32x3x3 window=2x2 stride=1x1 pad=1x1 count_padding=false"
// The layout change and the flatten are one copy.
// CHECK-NEXT: plan.kernel @copy_1 "copy batch=1 in=blocked16:f32:16x4x4+1 out=planar:f32:256x1x1"
// CHECK-NEXT: plan.kernel @softmax_0 "softmax batch=1 in=planar:f32:256x1x1 out=planar:f32:256x1x1"
// CHECK: plan.pack_scale @scale_0 scale("g", "v", 1.000000e-03) channels 16 padded 16 offset 0
// CHECK: plan.pack_shift @shift_0 norm("b", "m") scale("g", "v", 1.000000e-03) channels 16 padded 16 offset 64
// CHECK: plan.call @elementwise_0 ins(%[[X:.*]], %[[X]], %{{.*}}, %{{.*}} : {{.*}}) outs(%{{.*}}, %[[SECOND:.*]] : {{.*}}) label "add"
// CHECK: plan.call @copy_1 ins(%[[SECOND]] : {{.*}})
// CHECK: plan.call @softmax_0 ins({{.*}}) outs(%1 : {{.*}})
!planar = tensor<?x16x4x4xf32, #rn.layout<planar, border = 0>>
!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!bordered = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 1>>
!wide = tensor<?x32x2x2xf32, #rn.layout<blocked16, border = 0>>
rn.network @layers(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %g = rn.parameter "g" : tensor<16xf32>
  %b = rn.parameter "b" : tensor<16xf32>
  %m = rn.parameter "m" : tensor<16xf32>
  %v = rn.parameter "v" : tensor<16xf32>
  %s = rn.bn_scale %g, %v eps 1.0e-3 : tensor<16xf32>
  %t = rn.bn_shift %b, %m, %s : tensor<16xf32>
  %1, %2 = rn.add %0, %0 affine(%s, %t) activation relu affine_activation relu : (!map, !map, tensor<16xf32>, tensor<16xf32>) -> (!map, !bordered)
  %3 = rn.pad_shortcut %1 strides [2, 2] : (!map) -> !wide
  %4 = rn.activation %3 relu : (!wide) -> !wide
  %5 = rn.avg_pool2d %4 kernel [2, 2] pads [1, 1] {count_include_pad = false} : (!wide) -> tensor<?x32x3x3xf32, #rn.layout<blocked16, border = 0>>
  %6 = rn.to_layout %2 : (!bordered) -> !planar
  %7 = rn.flatten %6 : (!planar) -> tensor<?x256xf32, #rn.layout<planar, border = 0>>
  %8 = rn.softmax %7 : (tensor<?x256xf32, #rn.layout<planar, border = 0>>) -> tensor<?x256xf32, #rn.layout<planar, border = 0>>
  rn.return %8 : tensor<?x256xf32, #rn.layout<planar, border = 0>>
}

// -----

// CHECK-LABEL: plan.program @identity_batch1
// CHECK: %[[IN:.*]] = plan.input
// CHECK: %[[OUT:.*]] = plan.output
// CHECK: plan.call @copy_0 ins(%[[IN]] : {{.*}}) outs(%[[OUT]] : {{.*}}) label "return"
rn.network @identity(%x: tensor<?x16xf32>) {
  rn.return %x : tensor<?x16xf32>
}
