// RUN: %rn-opt %s --split-input-file --rn-to-plan --verify-diagnostics

rn.network @not_laid_out(%x: tensor<?x16xf32>) {
  // expected-error@+1 {{has no layout; rn-to-plan wants a network after select-layout}}
  %0 = rn.activation %x relu : (tensor<?x16xf32>) -> tensor<?x16xf32>
  rn.return %0 : tensor<?x16xf32>
}

// -----

!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
// expected-error@+1 {{the network's result must be planar without border, is 'tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>'}}
rn.network @blocked_result(%x: tensor<?x16x4x4xf32>) {
  %0 = rn.to_layout %x : (tensor<?x16x4x4xf32>) -> !map
  rn.return %0 : !map
}

// -----

!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!vector = tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
rn.network @batch_norm_left(%x: tensor<?x16xf32>) {
  %0 = rn.to_layout %x : (tensor<?x16xf32>) -> !vector
  %p = rn.parameter "p" : tensor<16xf32>
  // expected-error@+1 {{cannot be lowered to a kernel; run the rn passes before rn-to-plan}}
  %1 = rn.batch_norm %0, %p, %p, %p, %p : (!vector, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> !vector
  %2 = rn.to_layout %1 : (!vector) -> tensor<?x16xf32, #rn.layout<planar, border = 0>>
  rn.return %2 : tensor<?x16xf32, #rn.layout<planar, border = 0>>
}

// -----

!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!planar = tensor<?x16x4x4xf32, #rn.layout<planar, border = 0>>
rn.network @no_border(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %w = rn.parameter "w" : tensor<16x16x3x3xf32>
  // expected-error@+1 {{no kernel can do this: pad along the height is 1, there are 0 zeros}}
  %1 = rn.conv2d %0, %w pads [1, 1] : (!map, tensor<16x16x3x3xf32>) -> !map
  %2 = rn.to_layout %1 : (!map) -> !planar
  rn.return %2 : !planar
}

// -----

!map = tensor<?x16x4x4xf32, #rn.layout<blocked16, border = 0>>
!planar = tensor<?x16x4x4xf32, #rn.layout<planar, border = 0>>
rn.network @scaled_twice(%x: !planar) {
  %0 = rn.to_layout %x : (!planar) -> !map
  %w = rn.parameter "w" : tensor<16x16x1x1xf32>
  %g = rn.parameter "g" : tensor<16xf32>
  %s = rn.bn_scale %g, %g eps 1.0e-5 : tensor<16xf32>
  // expected-error@+1 {{filter is no arithmetic that can be packed when weights are loaded}}
  %f = rn.scale_filter %w, %s : tensor<16x16x1x1xf32>, tensor<16xf32>
  %f2 = rn.scale_filter %f, %s : tensor<16x16x1x1xf32>, tensor<16xf32>
  %1 = rn.conv2d %0, %f2 : (!map, tensor<16x16x1x1xf32>) -> !map
  %2 = rn.to_layout %1 : (!map) -> !planar
  rn.return %2 : !planar
}

// -----

// expected-error@+1 {{rn-to-plan wants a module of one rn.network, this has 2}}
module {
  rn.network @a(%x: tensor<?x16xf32>) { rn.return %x : tensor<?x16xf32> }
  rn.network @b(%x: tensor<?x16xf32>) { rn.return %x : tensor<?x16xf32> }
}
