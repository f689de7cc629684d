package llm

// byQuestion are the servers that do not write their name on their models, or want a key to show them. Each
// takes a question that only it understands; the others have no such page.
//
// None of these questions makes a server work or forget something. With GET that cannot be taken for
// granted: LiteLLM tries all its models at "/health", SGLang generates at "/health_generate", LMDeploy
// shuts down at "/terminate", and llama-swap stops all models at "/unload".
func byQuestion() []kind {
	return []kind{
		{
			id: "jan", name: "Jan", ports: []int{1337},
			programs: []string{"jan"},
			is:       all(contains("/", "<title>API Docs</title>"), openAI),
			dialects: OpenAI | Anthropic,
		},
		{
			id: "localai", name: "LocalAI", ports: []int{8080},
			programs: []string{"local-ai", "localai"},
			is:       all(modelsOrGuarded, localAI),
			dialects: OpenAI | Ollama | Anthropic,
			version:  value("/.well-known/localai.json", "version"),
			models:   withDetails(listAt(modelsPath), detailLocalAI),
			// https://github.com/mudler/LocalAI/blob/master/core/http/endpoints/openai/chat.go
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "tabbyapi", name: "TabbyAPI", ports: []int{5000},
			// Unless told otherwise it wants a key for its models; this page is always open.
			is: either(
				owner("tabbyAPI"),
				all(guarded, holds("/.well-known/serviceinfo", "software.name", "TabbyAPI")),
			),
			dialects: OpenAI,
			models:   withDetails(listAt(modelsPath), detailTabbyAPI),
			// https://github.com/theroyallab/tabbyAPI/blob/main/endpoints/OAI/types/common.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "textgen", name: "text-generation-webui", ports: []int{5000},
			is: either(
				all(either(owner("user"), unowned), holds("/v1/internal/health", "status", "ok")),
				all(owner("user"), holds("/v1/internal/model/info", "loader", nil)),
				all(guarded, refuses("/v1/internal/health", "detail", "Unauthorized")),
			),
			dialects: OpenAI | Anthropic,
			models:   listTextGen,
			// https://github.com/oobabooga/text-generation-webui/blob/main/modules/api/typing.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "mlx", name: "MLX LM", ports: []int{8080},
			programs: []string{"mlx_lm.server"}, engine: true,
			is:       all(unowned, header("Server", "BaseHTTP/"), holds("/health", "status", "ok")),
			dialects: OpenAI,
			// "Only 'text' content type is supported":
			// https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py
			models: textOnly(listAt(modelsPath)),
			// https://github.com/ml-explore/mlx-examples/pull/913
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "mlxomni", name: "MLX Omni Server", ports: []int{10240},
			is:       all(listsModels, titled("MLX Omni Server")),
			dialects: OpenAI | Anthropic,
			paths:    Paths{Anthropic: "/anthropic/v1"},
			// https://github.com/madroidmaq/mlx-omni-server/blob/main/src/mlx_omni_server/chat/openai/schema.py
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "tgi", name: "Text Generation Inference", ports: []int{3000, 8080},
			programs: []string{"text-generation"}, engine: true,
			is:       all(listsModels, holds("/info", "router", "text-generation-router")),
			dialects: OpenAI,
			version:  value("/info", "version"),
			quirks: Quirks{
				// https://github.com/huggingface/text-generation-inference/blob/main/router/src/chat.rs
				StreamUsage: true,
				// Its json_object wants a schema too, under another name than everybody else's:
				// https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs
				SchemaOnly: true,
			},
		},
		{
			id: "litellm", name: "LiteLLM", ports: []int{4000},
			programs: []string{"litellm"},
			is:       all(modelsOrGuarded, contains("/health/liveliness", "I'm alive!")),
			dialects: OpenAI | Anthropic,
			quirks: Quirks{
				// https://docs.litellm.ai/docs/completion/usage
				StreamUsage: true,
				Fronts:      true,
			},
		},
		{
			id: "gpustack", name: "GPUStack", ports: []int{30080},
			programs: []string{"gpustack"},
			is:       all(modelsOrGuarded, holds("/version", "git_commit", nil)),
			dialects: OpenAI,
			version:  value("/version", "version"),
			quirks:   Quirks{Fronts: true},
		},
		{
			id: "xinference", name: "Xinference", ports: []int{9997},
			is:       all(modelsOrGuarded, holds("/v1/cluster/auth", "auth", nil)),
			dialects: OpenAI | Anthropic,
		},
		{
			id: "cortex", name: "Cortex", ports: []int{39281},
			programs: []string{"cortex", "cortex-server"},
			is:       all(listsModels, contains("/healthz", "cortex-cpp is alive")),
			dialects: OpenAI,
			// https://github.com/janhq/cortex.llamacpp/issues/265
			quirks: Quirks{StreamUsage: true},
		},
		{
			// It takes another port at every start; these two were fixed once. The program was
			// rewritten since, and says other things of itself now.
			id: "foundry", name: "Foundry Local", ports: []int{5272, 5273},
			programs: []string{"foundry", "inference.service", "inference.servi"},
			is: all(listsModels, either(
				holds("/status", "modelCachePath", nil),
				holds("/openai/status", "modelDirPath", nil), holds("/openai/status", "ModelDirPath", nil),
			)),
			dialects: OpenAI,
			// https://github.com/microsoft/Foundry-Local/blob/main/sdk_v2/cpp/src/contracts/chat_completions.cc
			quirks: Quirks{StreamUsage: true},
		},
		oldLemonade(),
	}
}

// oldLemonade is a release of Lemonade that has nothing at the usual paths yet. Its list is at a path that
// nobody else has, so it takes a question that only it understands.
func oldLemonade() kind {
	k := lemonade()
	k.ports = []int{13305} // too many others use the second one
	k.is, k.elsewhere = ownerAt("/api/v1/models", "lemonade"), contains("/", "Lemonade")
	k.dialects, k.paths = OpenAI, Paths{OpenAI: "/api/v1"}
	return k
}
