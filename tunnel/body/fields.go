package body

import "strings"

// role is what a member of a request means to the gateway.
type role uint8

const (
	noRole     role = iota
	nesting         // its members count as those of the whole object
	options         // holds further settings
	tools           // a list of tools
	serverTool      // names tools that the server would run itself
	otherModel      // names models besides the one that the request is for
	setting         // loads, unloads or exhausts: for the gateway to decide
	prompts         // a text to go on from, or several
	inputs          // a text to work on, or several
	answers         // how many answers to give
	messages
)

// roles are the members that have one, in lower case, wherever a whole request's members stand.
//
// Fields by which some servers let a request use further models or adapters: the laptop's person
// decides which models devices use, and a guest's pass names them.
//
//   - draft_model: LM Studio's for speculative decoding (https://lmstudio.ai/docs/app/advanced/speculative-decoding)
//   - models, fallbacks ...: OpenRouter's and LiteLLM's next choices (https://docs.litellm.ai/docs/proxy/client_side_fallbacks)
//   - user_config, model_list: LiteLLM's own list of models with the request (https://docs.litellm.ai/docs/proxy/clientside_auth)
//   - model_base_name: which of a model's files LocalAI takes (https://github.com/mudler/LocalAI, core/schema/openai.go)
//   - model_item: a model of the client's own for Open WebUI (https://github.com/open-webui/open-webui)
//   - lora_path: SGLang's adapters (https://docs.sglang.ai/advanced_features/lora.html)
//   - adapters: those of mlx-lm, which also takes draft_model and downloads either
//     (https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md)
//   - adapter_path: the same of mlx-omni-server (https://github.com/madroidmaq/mlx-omni-server)
//   - adapter_id, adapter_source: LoRAX's (https://loraexchange.ai)
//
// Tools that the server would run itself, beside tools of the type "mcp" and all that is called so,
// such as Anthropic's mcp_servers (https://docs.anthropic.com/en/docs/agents-and-tools/mcp-connector):
//
//   - integrations: LM Studio's (https://lmstudio.ai/docs/developer/core/mcp)
//   - tool_ids, tool_servers: Open WebUI's (https://github.com/open-webui/open-webui, utils/middleware.py)
//
// How many answers: n is OpenAI's, best_of too, n_cmpl is llama.cpp's own word for it.
var roles = map[string]role{
	"extra_body": nesting, // OpenAI's library for Python calls so what it adds to a body, and a gateway that is written with it does so once more
	"options":    options, // Ollama's
	"tools":      tools,
	"messages":   messages,
	"prompt":     prompts,
	"input":      inputs,
	"content":    inputs, // llama.cpp's other name for it, in /v1/embeddings
	"n":          answers, "best_of": answers, "n_cmpl": answers,
	"integrations": serverTool, "tool_ids": serverTool, "tool_servers": serverTool,

	"draft_model": otherModel, "models": otherModel, "fallbacks": otherModel, "context_window_fallbacks": otherModel,
	"content_policy_fallbacks": otherModel, "user_config": otherModel, "model_list": otherModel, "model_base_name": otherModel,
	"model_item": otherModel, "lora_path": otherModel, "adapter_id": otherModel, "adapter_source": otherModel,
	"adapter_path": otherModel, "adapters": otherModel,
}

// The settings, by which a request loads or unloads models, takes memory or cores, or reaches into
// what other requests have there.
//
//   - keep_alive, num_ctx and the other options of Ollama's runner (https://github.com/ollama/ollama, api/types.go, Runner)
//   - ttl: LM Studio's keep_alive, in seconds (https://lmstudio.ai/docs/developer/core/ttl-and-auto-evict)
//   - id_slot, slot_id, lora: llama.cpp's, whose cache to take over and which adapters to apply
//     (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md)
//   - kv_transfer_params: vLLM's, a host to fetch a cache from (https://docs.vllm.ai/en/latest/features/disagg_prefill.html)
//   - bootstrap_*: SGLang's of the same kind; custom_logit_processor is code for it to run
//     (https://docs.sglang.ai/basic_usage/sampling_params.html)
var settings = []string{
	"keep_alive", "ttl", "num_ctx", "num_batch", "num_gpu", "num_thread", "main_gpu", "low_vram", "use_mmap", "use_mlock", "numa",
	"vocab_only", "f16_kv", "logits_all", "id_slot", "slot_id", "lora", "kv_transfer_params", "bootstrap_host", "bootstrap_port",
	"bootstrap_room", "custom_logit_processor",
}

func init() {
	for _, name := range settings {
		roles[name] = setting
	}
}

// mcp is in the names by which servers call tools that they reach themselves, by the Model Context
// Protocol. Tools that the client runs are of the type "function", whatever they are called.
const mcp = "mcp"

// longestRole is as long as the longest name that has a role can be written without escapes.
const longestRole = 64

// roleOf returns the role of a member, in whatever letters its name is written.
func roleOf(name string) (folded string, r role) {
	if len(name) > longestRole {
		return "", noRole
	}
	folded = fold(name)
	if strings.Contains(folded, mcp) {
		return folded, serverTool
	}
	return folded, roles[folded]
}
