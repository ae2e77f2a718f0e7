// What a training step has beyond inference.
// RUN: %rn-opt %s | %rn-opt | FileCheck %s
// RUN: %rn-opt %s --mlir-print-op-generic | %rn-opt | FileCheck %s

!state = !plan.buffer<planar:f32:544x1x1, batch = 1, host>
!labels = !plan.buffer<planar:f32:4x1x1, batch = 1, host>
!step = !plan.buffer<planar:f32:8x1x1, batch = 1, host>
!weights = !plan.buffer<planar:f32:256x1x1, batch = 1, host>
!logits = !plan.buffer<blocked16:f32:5x1x1, batch = 4, host>
!losses = !plan.buffer<blocked16:f32:1x1x1, batch = 4, host>
plan.model @net from vector !plan.buffer<planar:f32:16x1x1, batch = 1, host>
    to vector !plan.buffer<planar:f32:5x1x1, batch = 1, host> packed 1088
    schema [#plan.tensor<"fc.bias" : [5]>, #plan.tensor<"fc.weight" : [5, 16]>]
plan.kernel @loss "cross_entropy batch=4 in=blocked16:f32:5x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:5x1x1"
plan.kernel @sgd_0 "sgd batch=1 out=planar:f32:256x1x1 decay=true"
plan.pack_filter @filter "fc.weight" matrix shape [5, 16, 1, 1] input_block 16 tile 1 offset 0
plan.pack_vector @vector "fc.bias" channels 5 padded 16 offset 1024
// CHECK: plan.program @step of @net batch 4
plan.program @step of @net batch 4 {
  // CHECK: %[[STATE:.*]] = plan.state : <planar:f32:544x1x1, batch = 1, host>
  %state = plan.state : <planar:f32:544x1x1, batch = 1, host>
  // CHECK: %[[LABELS:.*]] = plan.labels : <planar:f32:4x1x1, batch = 1, host>
  %labels = plan.labels : <planar:f32:4x1x1, batch = 1, host>
  // CHECK: %[[OTHERS:.*]] = plan.second_labels : <planar:f32:4x1x1, batch = 1, host>
  %others = plan.second_labels : <planar:f32:4x1x1, batch = 1, host>
  // CHECK: %[[COUNTERS:.*]] = plan.counters : <planar:f32:8x1x1, batch = 1, host>
  %counters = plan.counters : <planar:f32:8x1x1, batch = 1, host>
  // CHECK: plan.hyper : <planar:f32:8x1x1, batch = 1, host>
  %hyper = plan.hyper : <planar:f32:8x1x1, batch = 1, host>
  %gradients = plan.buffer : <planar:f32:272x1x1, batch = 1, host>
  %probes = plan.buffer : <planar:f32:16x1x1, batch = 1, host>
  %logits = plan.buffer : <blocked16:f32:5x1x1, batch = 4, host>
  %losses = plan.buffer : <blocked16:f32:1x1x1, batch = 4, host>
  %dlogits = plan.buffer : <blocked16:f32:5x1x1, batch = 4, host>
  // CHECK: plan.call @loss ins(%{{.*}}, %[[LABELS]], %[[OTHERS]], %[[COUNTERS]] :
  plan.call @loss ins(%logits, %labels, %others, %counters : !logits, !labels, !labels, !step) outs(%losses, %dlogits : !losses, !logits) label "net"
  // CHECK: plan.view %[[STATE]] offset 0 : <planar:f32:544x1x1, batch = 1, host> -> <planar:f32:256x1x1, batch = 1, host>
  %w = plan.view %state offset 0 : !state -> !weights
  %dw = plan.view %gradients offset 0 : !plan.buffer<planar:f32:272x1x1, batch = 1, host> -> !weights
  %v = plan.view %state offset 1088 : !state -> !weights
  plan.call @sgd_0 ins(%w, %dw, %v, %hyper : !weights, !weights, !weights, !step) outs(%w, %v : !weights, !weights) label "sgd"
  // CHECK: plan.step_results %{{.*}}, %{{.*}}, %{{.*}} : <blocked16:f32:1x1x1, batch = 4, host>, <planar:f32:272x1x1, batch = 1, host>, !plan.buffer<planar:f32:16x1x1, batch = 1, host>
  plan.step_results %losses, %gradients, %probes : <blocked16:f32:1x1x1, batch = 4, host>, <planar:f32:272x1x1, batch = 1, host>, !plan.buffer<planar:f32:16x1x1, batch = 1, host>
}
// CHECK: plan.training @t of @net optimizer "sgd" slots 1 parameters 1088 decayed 1024 settings {lr = 2.500000e-01 : f64} seed 9 initial {fc.bias = 5.000000e-01 : f64} {least_images = 2 : i64, probes = [{kind = "skip", name = "layer1.0"}]}
plan.training @t of @net optimizer "sgd" slots 1 parameters 1088 decayed 1024 settings {lr = 0.25 : f64}
    seed 9 initial {fc.bias = 0.5 : f64} {least_images = 2, probes = [{kind = "skip", name = "layer1.0"}]}
