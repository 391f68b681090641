// The names of OpenTelemetry's conventions that we export, in one table, with their version. They
// still change: this file and kSchema change together. For this room's .cc files.
#pragma once

namespace gf::analyst::otel {

/// Checked name by name against the PyPI package opentelemetry-semantic-conventions 0.66b2.
inline constexpr const char* kSchema = "https://opentelemetry.io/schemas/1.44.0";

// --- Who ---
inline constexpr const char* kServiceName = "service.name";
inline constexpr const char* kServiceVersion = "service.version";

// --- Model calls ---
inline constexpr const char* kOperation = "gen_ai.operation.name";
inline constexpr const char* kProvider = "gen_ai.provider.name";
inline constexpr const char* kAgent = "gen_ai.agent.name";
inline constexpr const char* kWorkflow = "gen_ai.workflow.name";
inline constexpr const char* kConversation = "gen_ai.conversation.id";
inline constexpr const char* kOutputType = "gen_ai.output.type";
inline constexpr const char* kRequestModel = "gen_ai.request.model";
inline constexpr const char* kRequestMaxTokens = "gen_ai.request.max_tokens";
inline constexpr const char* kRequestTemperature = "gen_ai.request.temperature";
inline constexpr const char* kResponseModel = "gen_ai.response.model";
inline constexpr const char* kResponseId = "gen_ai.response.id";
inline constexpr const char* kFinishReasons = "gen_ai.response.finish_reasons";
inline constexpr const char* kInputTokens = "gen_ai.usage.input_tokens";
inline constexpr const char* kOutputTokens = "gen_ai.usage.output_tokens";
inline constexpr const char* kCacheRead = "gen_ai.usage.cache_read.input_tokens";
inline constexpr const char* kCacheCreation = "gen_ai.usage.cache_creation.input_tokens";
inline constexpr const char* kReasoning = "gen_ai.usage.reasoning.output_tokens";
inline constexpr const char* kToolName = "gen_ai.tool.name";
inline constexpr const char* kErrorType = "error.type";
// Only on request: they hold what people and models wrote.
inline constexpr const char* kSystem = "gen_ai.system_instructions";
inline constexpr const char* kInput = "gen_ai.input.messages";
inline constexpr const char* kOutput = "gen_ai.output.messages";
inline constexpr const char* kTools = "gen_ai.tool.definitions";

// --- The line as a pipeline ---
inline constexpr const char* kPipelineName = "cicd.pipeline.name";
inline constexpr const char* kPipelineRun = "cicd.pipeline.run.id";
inline constexpr const char* kPipelineResult = "cicd.pipeline.result";
inline constexpr const char* kTaskName = "cicd.pipeline.task.name";
inline constexpr const char* kTaskRun = "cicd.pipeline.task.run.id";
inline constexpr const char* kTaskResult = "cicd.pipeline.task.run.result";
inline constexpr const char* kTaskType = "cicd.pipeline.task.type";
inline constexpr const char* kExitCode = "process.exit.code";

// --- The change ---
inline constexpr const char* kRepository = "vcs.repository.url.full";
inline constexpr const char* kBaseName = "vcs.ref.base.name";
inline constexpr const char* kBaseRevision = "vcs.ref.base.revision";
inline constexpr const char* kHeadName = "vcs.ref.head.name";
inline constexpr const char* kHeadRevision = "vcs.ref.head.revision";
inline constexpr const char* kChange = "vcs.change.id";

// --- Ours: the conventions have no cost, no gate and no verdict ---
inline constexpr const char* kCost = "git_factory.cost.usd";  ///< text, exact
inline constexpr const char* kCostBasis = "git_factory.cost.basis";
inline constexpr const char* kSlug = "git_factory.slug";
inline constexpr const char* kStatus = "git_factory.status";
inline constexpr const char* kAttempt = "git_factory.attempt";
inline constexpr const char* kFirstTry = "git_factory.first_try";
inline constexpr const char* kGoesBackTo = "git_factory.goes_back_to";
inline constexpr const char* kApproved = "git_factory.review.approved";
inline constexpr const char* kTree = "git_factory.tree";
inline constexpr const char* kGate = "git_factory.gate.name";
inline constexpr const char* kGateKnown = "git_factory.gate.cached";  ///< answered from before
inline constexpr const char* kGatePassed = "git_factory.gate.passed";
inline constexpr const char* kGateFailed = "git_factory.gate.failed";
inline constexpr const char* kAct = "git_factory.act";

}  // namespace gf::analyst::otel
