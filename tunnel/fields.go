package tunnel

import (
	"fmt"
	"strings"
)

// The failures of bodies that one parser may read otherwise than another one.
var (
	errNotJSON   = &failure{status: 400, code: "bad_request", message: "The request's body is not a JSON object. Send one in UTF-8, without comments and with nothing behind it."}
	errAmbiguous = &failure{status: 400, code: "bad_request", param: "model", message: "This request names its model more than once. Name it once, in the field \"model\"."}
	errModelType = &failure{status: 400, code: "bad_request", param: "model", message: "The model of this request is not a name. Choose one from the list of models."}
	errForm      = &failure{status: 400, code: "bad_request", message: "The request's form cannot be read. Send it as multipart/form-data with plain field names."}
	errEncoding  = &failure{status: 415, code: "encoding_not_supported", message: "The request's body is compressed. Send it as it is."}
	errGetBody   = &failure{status: 400, code: "bad_request", message: "A request of this kind has no body. Send it without one."}
)

// otherModels are fields by which some servers let a request use further models or adapters, in
// lower case. They are refused: the laptop's person decides which models devices use, and a guest's
// pass names them.
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
var otherModels = map[string]bool{
	"draft_model": true, "models": true, "fallbacks": true, "context_window_fallbacks": true,
	"content_policy_fallbacks": true, "user_config": true, "model_list": true, "model_base_name": true, "model_item": true,
	"lora_path": true, "adapter_id": true, "adapter_source": true, "adapter_path": true, "adapters": true,
}

// otherModel refuses a field that names a model besides the one that the request is for.
func otherModel(field string) *failure {
	if len(field) > 32 || !otherModels[strings.ToLower(field)] {
		return nil
	}
	return &failure{
		status: 403, code: "field_not_allowed", param: field,
		message: fmt.Sprintf("Modelbeam lets a request use one model, the one in \"model\". Send it without %q.", field),
	}
}
