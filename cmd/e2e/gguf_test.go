package e2e

import (
	"bytes"
	"encoding/binary"
	"io"
)

// ggufAlignment is where tensor data starts and what each tensor's offset is a multiple of,
// unless a file says otherwise.
const ggufAlignment = 32

// The numbers by which a GGUF file names the type of a metadata value.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
const (
	ggufUint32  uint32 = 4
	ggufInt32   uint32 = 5
	ggufFloat32 uint32 = 6
	ggufString  uint32 = 8
	ggufArray   uint32 = 9
)

// gguf collects the metadata and the tensors of one GGUF file, version 3.
type gguf struct {
	metadata bytes.Buffer
	entries  uint64
	tensors  []tensor
}

// tensor is a block of 32 bit floats; shape has the fastest moving dimension first.
type tensor struct {
	name  string
	shape []uint64
	data  []float32
}

func (g *gguf) add(name string, data []float32, shape ...uint64) {
	g.tensors = append(g.tensors, tensor{name, shape, data})
}

// set adds one metadata value: a uint32, float32, string, or a slice of strings, int32 or float32.
func (g *gguf) set(key string, value any) {
	g.entries++
	put(&g.metadata, key)
	switch v := value.(type) {
	case uint32:
		put(&g.metadata, ggufUint32, v)
	case float32:
		put(&g.metadata, ggufFloat32, v)
	case string:
		put(&g.metadata, ggufString, v)
	case []int32:
		put(&g.metadata, ggufArray, ggufInt32, uint64(len(v)), v)
	case []float32:
		put(&g.metadata, ggufArray, ggufFloat32, uint64(len(v)), v)
	case []string:
		put(&g.metadata, ggufArray, ggufString, uint64(len(v)))
		for _, s := range v {
			put(&g.metadata, s)
		}
	default:
		panic("gguf: no such metadata type")
	}
}

// encode returns the whole file: header, metadata, the directory of tensors, their data.
func (g *gguf) encode() []byte {
	var file, data bytes.Buffer
	file.WriteString("GGUF")
	put(&file, uint32(3), uint64(len(g.tensors)), g.entries)
	file.Write(g.metadata.Bytes())
	for _, t := range g.tensors {
		const float32Tensor = uint32(0)
		put(&file, t.name, uint32(len(t.shape)), t.shape, float32Tensor, uint64(data.Len()))
		put(&data, t.data)
		pad(&data)
	}
	pad(&file)
	file.Write(data.Bytes())
	return file.Bytes()
}

func pad(b *bytes.Buffer) {
	for b.Len()%ggufAlignment != 0 {
		b.WriteByte(0)
	}
}

// put writes values as GGUF has them: little-endian, a string as its length and its bytes.
func put(w io.Writer, values ...any) {
	for _, v := range values {
		if s, ok := v.(string); ok {
			put(w, uint64(len(s)))
			io.WriteString(w, s)
			continue
		}
		// Writing numbers into a bytes.Buffer cannot go wrong.
		binary.Write(w, binary.LittleEndian, v)
	}
}
