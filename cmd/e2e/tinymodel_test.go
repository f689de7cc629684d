package e2e

import (
	"fmt"
	"math/rand/v2"
)

// The shape of the tiny model: big enough that a token takes a millisecond or two, so that a
// stream can be watched, stopped and interrupted; small enough to be made and loaded in a moment.
const (
	modelWidth   = 256
	modelHidden  = 688
	modelLayers  = 6
	modelHeads   = 8
	modelContext = 2048
)

// Kinds of token in a SentencePiece vocabulary.
const (
	tokenNormal  int32 = 1
	tokenUnknown int32 = 2
	tokenControl int32 = 3
	tokenByte    int32 = 6
)

// tinyModel makes a Llama model with random weights that talks syllables for ever: a real
// model file for a real server, without downloading one.
func tinyModel() []byte {
	var g gguf
	words := vocabulary()
	describeModel(&g, words)
	describeTokens(&g, words)
	addWeights(&g, words, rand.New(rand.NewPCG(1, 2)))
	return g.encode()
}

// word is one entry of the vocabulary.
type word struct {
	text string
	kind int32
}

// vocabulary has what every SentencePiece model needs (the control tokens and one token for
// each byte) and then syllables, with and without a space in front of them.
func vocabulary() []word {
	words := []word{{"<unk>", tokenUnknown}, {"<s>", tokenControl}, {"</s>", tokenControl}}
	for b := range 256 {
		words = append(words, word{fmt.Sprintf("<0x%02X>", b), tokenByte})
	}
	words = append(words, word{"▁", tokenNormal})
	for c := 'a'; c <= 'z'; c++ {
		words = append(words, word{string(c), tokenNormal}, word{"▁" + string(c), tokenNormal})
	}
	for _, c := range "bdfgklmnprstvz" {
		for _, v := range "aeiou" {
			syllable := string(c) + string(v)
			words = append(words, word{syllable, tokenNormal}, word{"▁" + syllable, tokenNormal})
		}
	}
	return words
}

func describeModel(g *gguf, words []word) {
	g.set("general.architecture", "llama")
	g.set("general.name", "tiny")
	g.set("general.file_type", uint32(0))
	g.set("llama.vocab_size", uint32(len(words)))
	g.set("llama.context_length", uint32(modelContext))
	g.set("llama.embedding_length", uint32(modelWidth))
	g.set("llama.feed_forward_length", uint32(modelHidden))
	g.set("llama.block_count", uint32(modelLayers))
	g.set("llama.attention.head_count", uint32(modelHeads))
	g.set("llama.attention.head_count_kv", uint32(modelHeads))
	g.set("llama.attention.layer_norm_rms_epsilon", float32(1e-5))
	g.set("llama.rope.dimension_count", uint32(modelWidth/modelHeads))
}

func describeTokens(g *gguf, words []word) {
	var (
		texts  []string
		kinds  []int32
		scores []float32
	)
	for i, w := range words {
		texts = append(texts, w.text)
		kinds = append(kinds, w.kind)
		scores = append(scores, -float32(i)) // earlier merges win
	}
	g.set("tokenizer.ggml.model", "llama")
	g.set("tokenizer.ggml.tokens", texts)
	g.set("tokenizer.ggml.scores", scores)
	g.set("tokenizer.ggml.token_type", kinds)
	g.set("tokenizer.ggml.unknown_token_id", uint32(0))
	g.set("tokenizer.ggml.bos_token_id", uint32(1))
	g.set("tokenizer.ggml.eos_token_id", uint32(2))
}

func addWeights(g *gguf, words []word, r *rand.Rand) {
	random := func(name string, scale float64, in, out uint64) {
		data := make([]float32, in*out)
		for i := range data {
			data[i] = float32(r.NormFloat64() * scale)
		}
		g.add(name, data, in, out)
	}
	norm := func(name string) {
		data := make([]float32, modelWidth)
		for i := range data {
			data[i] = 1
		}
		g.add(name, data, modelWidth)
	}

	random("token_embd.weight", 1, modelWidth, uint64(len(words)))
	for l := range modelLayers {
		block := fmt.Sprintf("blk.%d.", l)
		norm(block + "attn_norm.weight")
		for _, m := range []string{"attn_q", "attn_k", "attn_v", "attn_output"} {
			random(block+m+".weight", 0.05, modelWidth, modelWidth)
		}
		norm(block + "ffn_norm.weight")
		random(block+"ffn_gate.weight", 0.05, modelWidth, modelHidden)
		random(block+"ffn_up.weight", 0.05, modelWidth, modelHidden)
		random(block+"ffn_down.weight", 0.05, modelHidden, modelWidth)
	}
	norm("output_norm.weight")
	random("output.weight", 0.3, modelWidth, uint64(len(words)))
	silence(g.tensors[len(g.tensors)-1].data, words)
}

// silence takes the weights from the control and byte tokens, so that the model next to never
// ends by itself and only says what can be read.
func silence(output []float32, words []word) {
	for i, w := range words {
		if w.kind != tokenNormal {
			clear(output[i*modelWidth : (i+1)*modelWidth])
		}
	}
}
