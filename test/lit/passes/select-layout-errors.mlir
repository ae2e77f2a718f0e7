// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(select-layout))" --verify-diagnostics

rn.network @residual(%x: tensor<?x16xf32>) {
  // expected-error @+1 {{'rn.residual' op is not flat: select-layout needs flatten-residuals first}}
  %0 = rn.residual %x block "layer1.0" : tensor<?x16xf32> -> tensor<?x16xf32> {
  ^bb0(%a: tensor<?x16xf32>):
    rn.yield %a : tensor<?x16xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16xf32>):
    rn.yield %a : tensor<?x16xf32>
  }
  rn.return %0 : tensor<?x16xf32>
}
