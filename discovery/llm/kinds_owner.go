package llm

// byOwner are the servers that can be told by the owner that they write on their models. If such a server
// wants a key for its models, some other page, one that it shows to everybody, has to do.
func byOwner() []kind {
	return []kind{
		{
			id: "koboldcpp", name: "KoboldCpp", ports: []int{5001},
			programs: []string{"koboldcpp", "koboldcpp-linux"},
			is: either(
				owner("koboldcpp"),
				all(header("Server", "ConcedoLlama"), holds("/api/extra/version", "result", "KoboldCpp")),
			),
			dialects: OpenAI, // its Ollama dialect does not stream
			version:  value("/api/extra/version", "version"),
			models:   withDetails(listAt(modelsPath), detailKoboldCpp),
			// https://github.com/LostRuins/koboldcpp/pull/2015
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "gpt4all", name: "GPT4All", ports: []int{4891},
			programs: []string{"gpt4all"},
			is:       owner("humanity"), // whatever the model
			dialects: OpenAI,
			// It refuses requests with stream, tools or anything but text in a message:
			// https://github.com/nomic-ai/gpt4all/blob/main/gpt4all-chat/src/server.cpp
			models: textOnly(listAt(modelsPath)),
			quirks: Quirks{NoStream: true},
		},
		lemonade(),
		{
			id: "omlx", name: "oMLX", ports: []int{8000},
			is:       either(owner("omlx"), all(guarded, titled("oMLX API"))),
			dialects: OpenAI | Anthropic,
		},
		{
			id: "llamaswap", name: "llama-swap", ports: []int{8080},
			programs: []string{"llama-swap"},
			// Not "/running", which tells how each model was started.
			is:       either(owner("llama-swap"), all(redirects("/", "/ui"), guarded)),
			dialects: OpenAI | Anthropic,
			version:  value("/api/version", "version"),
			quirks:   Quirks{Fronts: true, States: modelsPath}, // also peers: https://github.com/mostlygeek/llama-swap
		},
		{
			id: "exo", name: "exo", ports: []int{52415},
			programs: []string{"exo"},
			is:       owner("exo"),
			dialects: OpenAI | Ollama | Anthropic,
			paths:    Paths{Ollama: "/ollama/api"},
			// https://github.com/exo-explore/exo/blob/main/src/exo/api/types/api.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "aphrodite", name: "Aphrodite", ports: []int{2242},
			is:       owner("aphrodite"),
			dialects: OpenAI,
			version:  value("/version", "version"),
			// https://github.com/aphrodite-engine/aphrodite-engine/blob/main/aphrodite/entrypoints/openai/engine/protocol.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "lmdeploy", name: "LMDeploy", ports: []int{23333},
			programs: []string{"lmdeploy"}, engine: true,
			is:       owner("lmdeploy"),
			dialects: OpenAI | Anthropic,
			// https://github.com/InternLM/lmdeploy/blob/main/lmdeploy/serve/openai/protocol.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "fastchat", name: "FastChat", ports: []int{8000},
			is:       owner("fastchat"),
			dialects: OpenAI,
		},
		{
			// ktransformers starts one of these.
			id: "sglang", name: "SGLang", ports: []int{30000},
			programs: []string{"sglang"}, engine: true,
			is:       either(owner("sglang"), all(says("/", "SGLang is running"), openAI)),
			dialects: OpenAI | Anthropic,
			models:   withDetails(listAt(modelsPath), detailSGLang),
			// https://github.com/sgl-project/sglang/issues/954
			quirks: Quirks{StreamUsage: true},
		},
		{
			// This one and the next serve the model that comes with macOS; this one uses Ollama's port.
			id: "apfel", name: "apfel", ports: []int{11434},
			programs: []string{"apfel"},
			is:       all(owner("apple"), foundation),
			dialects: OpenAI,
			version:  value("/health", "version"),
			// https://github.com/Arthur-Ficial/apfel/blob/main/Sources/Core/ChatRequestValidator.swift
			models: textOnly(listAt(modelsPath)),
			// https://github.com/Arthur-Ficial/apfel/blob/main/Sources/Core/OpenAIModels.swift
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "afm", name: "afm", ports: []int{9999},
			programs: []string{"afm"},
			is:       all(either(owner("apple"), all(owner("mlx"), holds("/health", "status", "healthy"))), not(foundation)),
			dialects: OpenAI,
			version:  value("/health", "version"),
			// https://github.com/scouzi1966/maclocal-api/blob/main/Sources/AFMOpenAICompat/OpenAIRequest.swift
			quirks: Quirks{StreamUsage: true},
		},
		{
			// It is built on vLLM, and usually says so on its models.
			id: "nim", name: "NVIDIA NIM", ports: []int{8000},
			is:       all(listsModels, holds("/v1/version", "release", nil)),
			dialects: OpenAI | Anthropic,
			version:  value("/v1/version", "release"),
		},
		{
			id: "vllm", name: "vLLM", ports: []int{8000},
			programs: []string{"vllm"}, engine: true,
			is:       either(owner("vllm"), all(refuses(modelsPath, "error", "Unauthorized"), onlyVersion)),
			dialects: OpenAI | Anthropic,
			version:  value("/version", "version"),
			// Since 0.5.0: https://github.com/vllm-project/vllm/pull/5135
			quirks: Quirks{StreamUsage: true},
		},
	}
}

// foundation holds for what apfel says of its only model.
var foundation = holds("/health", "model_available", nil)

// onlyVersion holds for what vLLM shows to everybody, even where it wants a key for the rest. LocalAI and
// GPUStack say more at that path.
var onlyVersion = all(holds("/version", "version", nil), not(holds("/version", "git_commit", nil)), not(localAI))

// lemonade has the OpenAI dialect in two places. Old releases have it in one of them only: see oldLemonade.
func lemonade() kind {
	return kind{
		id: "lemonade", name: "Lemonade", ports: []int{13305, 8000},
		programs: []string{"lemonade", "lemonade-server", "lemonade-router", "lemonade-serve", "lemond"},
		is:       either(owner("lemonade"), all(guarded, contains("/", "Lemonade"), holds("/live", "status", "ok"))),
		dialects: OpenAI | Ollama | Anthropic,
	}
}
