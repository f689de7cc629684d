package llm

import "time"

// recorded are the servers in testdata: the row that has their usual port, and what they are.
var recorded = []recordedServer{
	{
		file: "ollama", usual: "Ollama", kind: "ollama", name: "Ollama", version: "0.6.0", dialects: OpenAI | Ollama,
		models: []Model{
			{
				ID: "llama3.2:latest", Size: 2019393189, Format: "gguf", Family: "llama", Families: "llama", Parameters: "3.2B", Quantization: "Q4_K_M",
				Digest: "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72", Modified: recordedDay,
			},
			{
				ID: "all-minilm:latest", Size: 45960996, Format: "gguf", Family: "bert", Families: "bert", Parameters: "23M", Quantization: "F16",
				Digest: "1b226e2802dbb772b5fc32a58f103ca1804ef7501331012de126ab22f67475ef", Modified: recordedDay, Abilities: Abilities{Embedding: true},
			},
		},
	},
	{
		file: "lmstudio", usual: "LM Studio", kind: "lmstudio", name: "LM Studio", dialects: OpenAI | Anthropic,
		models: []Model{
			{ID: "qwen3-8b", Context: 32768, Format: "gguf", Family: "qwen3", Quantization: "Q4_K_M", Abilities: Abilities{Known: true, Tools: true}},
			{ID: "gemma-3-4b-it", Context: 131072, Format: "gguf", Family: "gemma3", Quantization: "Q4_0", Abilities: Abilities{Known: true, Vision: true}},
			{ID: "text-embedding-nomic-embed-text-v1.5", Context: 2048, Format: "gguf", Family: "nomic-bert", Quantization: "Q4_0", Abilities: Abilities{Known: true, Embedding: true}},
		},
	},
	{
		file: "llamacpp", usual: "llama.cpp", kind: "llamacpp", name: "llama.cpp", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "gemma-3-4b-it-Q4_K_M.gguf", Size: 2489757856, Context: 8192, Abilities: Abilities{Known: true, Vision: true}, Loaded: true}},
	},
	{file: "llamacpp-loading", usual: "llama.cpp", kind: "llamacpp", name: "llama.cpp", dialects: OpenAI | Anthropic},
	{
		file: "llamafile", usual: "llama.cpp", kind: "llamafile", name: "llamafile", dialects: OpenAI,
		models: []Model{{ID: "Llama-3.2-1B"}},
	},
	{
		file: "llamacpp-router", usual: "llama.cpp", kind: "llamacpp", name: "llama.cpp", dialects: OpenAI | Anthropic,
		models: []Model{
			{ID: "ggml-org/gemma-3-4b-it-GGUF:Q4_K_M", Abilities: Abilities{Known: true, Vision: true}},
			{ID: "ggml-org/Qwen3-8B-GGUF:Q8_0", Abilities: Abilities{Known: true}, Loaded: true},
		},
	},
	{
		file: "koboldcpp", usual: "KoboldCpp", kind: "koboldcpp", name: "KoboldCpp", version: "1.100", dialects: OpenAI,
		models: []Model{{ID: "koboldcpp/tinyllama", Abilities: Abilities{Known: true, Vision: true}}},
	},
	{
		file: "localai", usual: "Ollama", kind: "localai", name: "LocalAI", version: "v3.9.0",
		dialects: OpenAI | Ollama | Anthropic, models: []Model{{ID: "phi-4", Abilities: Abilities{Known: true, Tools: true, Reasoning: true}}},
	},
	{
		file: "lemonade", usual: "Ollama", kind: "lemonade", name: "Lemonade", dialects: OpenAI | Ollama | Anthropic,
		models: []Model{{ID: "Qwen3-0.6B-GGUF", Abilities: Abilities{Known: true, Tools: true, Reasoning: true}}},
	},
	{file: "lemonade-key", usual: "Lemonade", kind: "lemonade", name: "Lemonade", dialects: OpenAI | Ollama | Anthropic, needsKey: true},
	{
		file: "lemonade-old", usual: "Lemonade", kind: "lemonade", name: "Lemonade", dialects: OpenAI,
		paths: Paths{OpenAI: "/api/v1"}, models: []Model{{ID: "Qwen3-0.6B-GGUF"}},
	},
	{
		file: "apfel", usual: "Ollama", kind: "apfel", name: "apfel", version: "1.0", dialects: OpenAI,
		models: []Model{{ID: "apple-foundationmodel", Abilities: Abilities{Known: true}}},
	},
	{file: "afm", usual: "afm", kind: "afm", name: "afm", version: "v0.9.0", dialects: OpenAI, models: []Model{{ID: "foundation"}}},
	{
		file: "afm-mlx", usual: "afm", kind: "afm", name: "afm", version: "v0.9.0", dialects: OpenAI,
		models: []Model{{ID: "mlx-community/Qwen3-4B-4bit"}},
	},
	{
		file: "vllm", usual: "vLLM", kind: "vllm", name: "vLLM", version: "0.9.1", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "Qwen/Qwen3-8B", Context: 40960}},
	},
	{file: "vllm-key", usual: "vLLM", kind: "vllm", name: "vLLM", version: "0.11.0", dialects: OpenAI | Anthropic, needsKey: true},
	{
		file: "nim", usual: "NVIDIA NIM", kind: "nim", name: "NVIDIA NIM", version: "1.8.4", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "meta/llama-3.1-8b-instruct", Context: 131072}},
	},
	{file: "tabbyapi", usual: "TabbyAPI", kind: "tabbyapi", name: "TabbyAPI", dialects: OpenAI, needsKey: true},
	{
		file: "textgen", usual: "TabbyAPI", kind: "textgen", name: "text-generation-webui", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "mistral-7b"}},
	},
	{file: "textgen-key", usual: "TabbyAPI", kind: "textgen", name: "text-generation-webui", dialects: OpenAI | Anthropic, needsKey: true},
	{file: "textgen-empty", usual: "TabbyAPI", kind: "textgen", name: "text-generation-webui", dialects: OpenAI | Anthropic},
	{
		file: "mlx", usual: "llama.cpp", kind: "mlx", name: "MLX LM", dialects: OpenAI,
		models: []Model{{ID: "mlx-community/Llama-3.2-3B-Instruct-4bit", Abilities: Abilities{Known: true}}},
	},
	{
		file: "mlxomni", usual: "MLX Omni Server", kind: "mlxomni", name: "MLX Omni Server", dialects: OpenAI | Anthropic,
		paths: Paths{Anthropic: "/anthropic/v1"}, models: []Model{{ID: "mlx-community/gemma-3-1b-it-4bit"}},
	},
	{file: "omlx", usual: "oMLX", kind: "omlx", name: "oMLX", dialects: OpenAI | Anthropic, models: []Model{{ID: "Qwen3-8B-4bit"}}},
	{file: "omlx-key", usual: "oMLX", kind: "omlx", name: "oMLX", dialects: OpenAI | Anthropic, needsKey: true},
	{file: "jan", usual: "Jan", kind: "jan", name: "Jan", dialects: OpenAI | Anthropic, models: []Model{{ID: "jan-nano"}}},
	{
		file: "gpt4all", usual: "GPT4All", kind: "gpt4all", name: "GPT4All", dialects: OpenAI,
		models: []Model{{ID: "Llama 3 8B Instruct", Abilities: Abilities{Known: true}}},
	},
	{
		file: "docker", usual: "Docker Model Runner", kind: "docker", name: "Docker Model Runner", dialects: OpenAI | Ollama | Anthropic,
		paths: Paths{OpenAI: "/engines/v1", Anthropic: "/anthropic/v1"}, models: []Model{{ID: "ai/smollm2:latest"}},
	},
	{
		file: "docker-desktop", usual: "Docker Model Runner", kind: "docker", name: "Docker Model Runner",
		dialects: OpenAI | Ollama | Anthropic, paths: Paths{OpenAI: "/engines/v1", Anthropic: "/anthropic/v1"},
		models: []Model{{ID: "ai/gemma3"}},
	},
	{
		file: "nexa", usual: "Nexa SDK", kind: "nexa", name: "Nexa SDK", dialects: OpenAI,
		models: []Model{{ID: "NexaAI/Qwen3-0.6B-GGUF"}},
	},
	{
		file: "openwebui", usual: "Open WebUI", kind: "openwebui", name: "Open WebUI", version: "0.6.30", dialects: OpenAI | Anthropic,
		paths: Paths{OpenAI: "/api", Anthropic: "/api/v1"}, needsKey: true,
	},
	{
		file: "anythingllm", usual: "AnythingLLM", kind: "anythingllm", name: "AnythingLLM", dialects: OpenAI,
		paths: Paths{OpenAI: "/api/v1/openai"}, needsKey: true,
	},
	{
		file: "olla", usual: "Olla", kind: "olla", name: "Olla", version: "v0.0.28", dialects: OpenAI | Anthropic,
		paths: Paths{OpenAI: "/olla/proxy/v1", Anthropic: "/olla/anthropic/v1"}, models: []Model{{ID: "llama3.2:3b"}},
	},
	{
		file: "olla-old", usual: "Olla", kind: "olla", name: "Olla", dialects: OpenAI | Anthropic,
		paths: Paths{OpenAI: "/olla/proxy/v1", Anthropic: "/olla/anthropic/v1"}, models: []Model{{ID: "llama3.2:3b"}},
	},
	{
		file: "llamaswap", usual: "llama-swap", kind: "llamaswap", name: "llama-swap", version: "250", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "qwen3-coder", Context: 32000, Abilities: Abilities{Known: true, Vision: true, Tools: true}, Loaded: true}, {ID: "whatever"}},
	},
	{file: "llamaswap-key", usual: "llama-swap", kind: "llamaswap", name: "llama-swap", dialects: OpenAI | Anthropic, needsKey: true},
	{
		file: "exo", usual: "exo", kind: "exo", name: "exo", dialects: OpenAI | Ollama | Anthropic, paths: Paths{Ollama: "/ollama/api"},
		models: []Model{{ID: "mlx-community/Llama-3.2-1B-Instruct-4bit", Context: 131072, Abilities: Abilities{Known: true, Reasoning: true}}},
	},
	{
		file: "aphrodite", usual: "Aphrodite", kind: "aphrodite", name: "Aphrodite", version: "0.10.0", dialects: OpenAI,
		models: []Model{{ID: "mistral-nemo", Context: 16384}},
	},
	{file: "lmdeploy", usual: "LMDeploy", kind: "lmdeploy", name: "LMDeploy", dialects: OpenAI | Anthropic, models: []Model{{ID: "internlm2_5-7b-chat"}}},
	{file: "fastchat", usual: "FastChat", kind: "fastchat", name: "FastChat", dialects: OpenAI, models: []Model{{ID: "vicuna-7b-v1.5"}}},
	{
		file: "sglang", usual: "SGLang", kind: "sglang", name: "SGLang", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "Qwen/Qwen3-4B", Context: 40960, Abilities: Abilities{Known: true}}},
	},
	{
		file: "sglang-as-ollama", usual: "SGLang", kind: "sglang", name: "SGLang", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "Qwen/Qwen3-4B", Context: 40960}},
	},
	{
		file: "tgi", usual: "Text Generation Inference", kind: "tgi", name: "Text Generation Inference", version: "3.3.4", dialects: OpenAI,
		models: []Model{{ID: "HuggingFaceH4/zephyr-7b-beta"}},
	},
	{file: "litellm", usual: "LiteLLM", kind: "litellm", name: "LiteLLM", dialects: OpenAI | Anthropic, needsKey: true},
	{file: "litellm-open", usual: "LiteLLM", kind: "litellm", name: "LiteLLM", dialects: OpenAI | Anthropic, models: []Model{{ID: "gpt-4o-mini"}}},
	{file: "gpustack", usual: "GPUStack", kind: "gpustack", name: "GPUStack", version: "v2.0.0", dialects: OpenAI, needsKey: true},
	{
		file: "xinference", usual: "Xinference", kind: "xinference", name: "Xinference", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "qwen2.5-instruct", Context: 32768, Abilities: Abilities{Known: true, Vision: true, Tools: true}}},
	},
	{file: "xinference-key", usual: "Xinference", kind: "xinference", name: "Xinference", dialects: OpenAI | Anthropic, needsKey: true},
	{file: "cortex", usual: "Cortex", kind: "cortex", name: "Cortex", dialects: OpenAI, models: []Model{{ID: "tinyllama:1b"}}},
	{
		file: "foundry", usual: "Foundry Local", kind: "foundry", name: "Foundry Local", dialects: OpenAI,
		models: []Model{{ID: "phi-4-mini-instruct-generic-cpu"}},
	},
	{
		file: "foundry-cli", usual: "Foundry Local", kind: "foundry", name: "Foundry Local", dialects: OpenAI,
		models: []Model{{ID: "Phi-4-mini-instruct-cuda-gpu"}},
	},
	{
		file: "generic", usual: "", kind: "openai", name: "OpenAI-compatible server", dialects: OpenAI,
		models: []Model{{ID: "house-model"}, {ID: "house-embed", Abilities: Abilities{Embedding: true}}},
	},
	{file: "generic-key", usual: "", kind: "openai", name: "OpenAI-compatible server", dialects: OpenAI, needsKey: true},
}

type recordedServer struct {
	file, usual string
	kind, name  string
	version     string
	dialects    Dialect
	paths       Paths // where they are unusual
	models      []Model
	needsKey    bool
}

// The kinds that differ in what they take of the OpenAI dialect.
var (
	noStream    = []string{"gpt4all"}
	fronts      = []string{"gpustack", "litellm", "llamaswap", "olla", "openwebui"}
	schemaOnly  = []string{"lmstudio", "tgi"}
	states      = map[string]string{"ollama": "/api/ps", "lmstudio": "/api/v0/models", "llamacpp": "/v1/models", "llamaswap": "/v1/models"}
	streamUsage = []string{
		"afm", "apfel", "aphrodite", "cortex", "exo", "foundry", "koboldcpp", "litellm", "llamacpp", "lmdeploy", "lmstudio", "localai", "mlx", "mlxomni",
		"nexa", "ollama", "sglang", "tabbyapi", "textgen", "tgi", "vllm",
	}
)

// recordedDay is when the models of the recorded Ollama were pulled.
var recordedDay = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)
