//===- LoadedModel.cpp - runs an object without writing it -----------------===//

#include "compiler/emit/LoadedModel.h"
#include "runtime/core/Hooks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace resnetc::emit {

/// All that finishObject lets an object need, from the runtime in this process and its libc.
static orc::SymbolMap outsideSymbols(orc::ExecutionSession &session) {
  orc::SymbolMap symbols;
  auto define = [&](StringRef name, auto *address) {
    symbols[session.intern(name)] = {orc::ExecutorAddr::fromPtr(address),
                                     JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  };
  define("resnetc_rt_run", &resnetc_rt_run);
  define("resnetc_rt_pack", &resnetc_rt_pack);
  define("resnetc_rt_init", &resnetc_rt_init);
  define("resnetc_rt_train_step", &resnetc_rt_train_step);
  define("resnetc_rt_gradients", &resnetc_rt_gradients);
  define("resnetc_rt_update", &resnetc_rt_update);
  define("resnetc_rt_get", &resnetc_rt_get);
  define("resnetc_rt_set", &resnetc_rt_set);
  define("resnetc_rt_gradient", &resnetc_rt_gradient);
  define("resnetc_rt_import", &resnetc_rt_import);
  define("resnetc_rt_fold", &resnetc_rt_fold);
  define("resnetc_rt_do_par_for", &resnetc_rt_do_par_for);
  define("resnetc_rt_error", &resnetc_rt_error);
  define("memcpy", &std::memcpy);
  define("memmove", &std::memmove);
  define("memset", &std::memset);
  using Unary = float (*)(float);
  for (const auto &[name, function] : {std::pair<StringRef, Unary>("expf", expf),
                                       {"logf", logf},
                                       {"sqrtf", sqrtf},
                                       {"floorf", floorf},
                                       {"ceilf", ceilf},
                                       {"roundf", roundf},
                                       {"truncf", truncf}})
    define(name, function);
  using UnaryDouble = double (*)(double);
  define("exp", static_cast<UnaryDouble>(exp));
  define("log", static_cast<UnaryDouble>(log));
  define("pow", static_cast<double (*)(double, double)>(pow));
  define("powf", static_cast<float (*)(float, float)>(powf));
  return symbols;
}

LoadedModel::LoadedModel() = default;
LoadedModel::LoadedModel(LoadedModel &&) = default;

LoadedModel &LoadedModel::operator=(LoadedModel &&other) {
  std::swap(session, other.session);
  std::swap(layer, other.layer);
  std::swap(modelInfo, other.modelInfo);
  std::swap(weights, other.weights);
  std::swap(runEntry, other.runEntry);
  std::swap(packEntry, other.packEntry);
  std::swap(trainingEntries, other.trainingEntries);
  return *this;
}

LoadedModel::~LoadedModel() {
  if (session)
    consumeError(session->endSession()); // unmaps; what could fail is a foreign process, this one is ours
}

Error LoadedModel::link(StringRef object, StringRef name, std::shared_ptr<std::string> details) {
  Expected<std::unique_ptr<orc::SelfExecutorProcessControl>> process =
      orc::SelfExecutorProcessControl::Create(nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!process)
    return process.takeError();
  session = std::make_unique<orc::ExecutionSession>(std::move(*process));
  session->setErrorReporter([details](Error error) { *details += toString(std::move(error)) + "\n"; });
  auto linker = std::make_unique<orc::ObjectLinkingLayer>(*session);
  orc::JITDylib &library = session->createBareJITDylib("model");
  if (Error error = library.define(orc::absoluteSymbols(outsideSymbols(*session))))
    return error;
  if (Error error = linker->add(library, MemoryBuffer::getMemBufferCopy(object, name)))
    return error;
  layer = std::move(linker);

  return findEntries(library, name);
}

Error LoadedModel::findEntries(orc::JITDylib &library, StringRef name) {
  // Sets a pointer to the address of a global symbol; to null if it is optional and absent.
  Error error = Error::success();
  const auto find = [&](StringRef suffix, auto &pointer, bool optional = false) {
    if (error)
      return;
    const auto flags =
        optional ? orc::SymbolLookupFlags::WeaklyReferencedSymbol : orc::SymbolLookupFlags::RequiredSymbol;
    const orc::SymbolStringPtr symbol = session->intern((name + suffix).str());
    Expected<orc::SymbolMap> found =
        session->lookup(orc::makeJITDylibSearchOrder(&library), orc::SymbolLookupSet(symbol, flags));
    if (found)
      pointer = found->lookup(symbol).getAddress().toPtr<std::remove_reference_t<decltype(pointer)>>();
    else
      error = found.takeError();
  };
  find("_info", modelInfo);
  find("_run", runEntry);
  find("_pack", packEntry);
  find("_weights", weights, /*optional=*/true);
  TrainingEntries &training = trainingEntries;
  find("_train_step", training.trainStep, /*optional=*/true);
  if (!training.trainStep)
    return error;
  find("_init", training.init);
  find("_gradients", training.gradients);
  find("_update", training.update);
  find("_get", training.get);
  find("_set", training.set);
  find("_gradient", training.gradient);
  find("_import", training.import);
  find("_fold", training.fold);
  return error;
}

Expected<LoadedModel> LoadedModel::load(StringRef object, StringRef name) {
  LoadedModel model;
  // The linker says details through a channel of its own, and only "failed to materialise" through the result.
  auto details = std::make_shared<std::string>();
  if (Error error = model.link(object, name, details))
    return createStringError(inconvertibleErrorCode(),
                             "loading network '" + name + "': " + *details + toString(std::move(error)));
  if (model.modelInfo->abi_version != RESNETC_ABI_VERSION)
    return createStringError(inconvertibleErrorCode(),
                             "loading network '" + name + "': " + resnetc_status_string(RESNETC_ERROR_ABI));
  return model;
}

Expected<AlignedBytes> packWeights(const LoadedModel &model, const resnetc_weights &file) {
  AlignedBytes packed(model.info().packed_bytes);
  std::memset(packed.data(), 0, packed.size); // gaps between tensors: the same bytes every time
  char words[512] = "";
  if (const int status = model.pack(&file, packed.data(), words, sizeof words))
    return createStringError(inconvertibleErrorCode(), "packing weights for network '" + Twine(model.info().name) +
                                                           "': " + (*words ? words : resnetc_status_string(status)));
  return packed;
}

} // namespace resnetc::emit
