package body

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

func packed(t *testing.T, encoding string, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if encoding == "zstd" {
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// prose does not repeat itself.
func prose(size int) []byte {
	text := make([]byte, size)
	seed := uint32(1)
	for i := range text {
		seed = seed*1664525 + 1013904223
		text[i] = "etaoin shrdlu{}:\""[seed>>28]
	}
	return text
}

func TestUnpack(t *testing.T) {
	for _, encoding := range []string{"gzip", "zstd"} {
		for _, size := range []int{0, 1, 1000, 300_000} {
			text := prose(size)
			all := packed(t, encoding, text)
			if got, err := unpack(encoding, iotest.OneByteReader(bytes.NewReader(all))); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%s of %d bytes: %d bytes, %v", encoding, size, len(got), err)
			}
			for name, broken := range map[string][]byte{
				"cut": all[:len(all)-1], "cut in half": all[:len(all)/2], "with more behind": append(bytes.Clone(all), "more"...),
				"flipped": flipped(all), "no such thing": []byte(`{"model":"a"}`),
			} {
				got, err := unpack(encoding, bytes.NewReader(broken))
				if fault := (*Fault)(nil); !errors.As(err, &fault) || fault.Kind != Unpackable {
					t.Errorf("%s of %d bytes, %s: %d bytes, %v", encoding, size, name, len(got), err)
				}
			}
		}
		gone := errors.New("the client went away")
		half := io.MultiReader(bytes.NewReader(packed(t, encoding, prose(1000))[:20]), iotest.ErrReader(gone))
		if _, err := unpack(encoding, half); !errors.Is(err, gone) {
			t.Errorf("%s: a connection that broke is told as %v", encoding, err)
		}
	}
}

// flipped has the last byte of the data wrong, which the checksum behind it tells.
func flipped(all []byte) []byte {
	all = bytes.Clone(all)
	all[len(all)-1] ^= 0xff
	return all
}

func TestBombsDoNotGoOff(t *testing.T) {
	zeros := bytes.Repeat([]byte(" "), 8<<20)
	for encoding, bomb := range map[string][]byte{
		"gzip": packed(t, "gzip", zeros), "zstd": packed(t, "zstd", zeros),
	} {
		u, err := Unpack(encoding, bytes.NewReader(bomb))
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		n, err := io.Copy(io.Discard, u)
		if fault := (*Fault)(nil); !errors.As(err, &fault) || fault.Kind != Exploding || n > freeRide+maxRatio*int64(len(bomb)) {
			t.Errorf("%s: %d bytes became %d: %v", encoding, len(bomb), n, err)
		}
	}
	wide := []byte("\x28\xb5\x2f\xfd\x00\x80\x09\x00\x00a") // a window of 64 MB for one letter (RFC 8878, section 3.1.1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := unpack("zstd", bytes.NewReader(wide)); err == nil {
		t.Error("a window of 64 MB is taken")
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4*maxWindow {
		t.Errorf("%d MB were taken for it", grown>>20)
	}
}

func TestPacking(t *testing.T) {
	for headers, want := range map[string]string{
		"": "", "identity": "", "gzip": "gzip", "GZIP ": "gzip", "x-gzip": "gzip", "zstd": "zstd", "identity, zstd": "zstd", "zstd,": "zstd",
		"gzip|identity": "gzip", "gzip, zstd": "!", "gzip|zstd": "!", "gzip, gzip": "!", "deflate": "!", "br": "!", "zstd;q=1": "!", "*": "!",
	} {
		got, err := Packing(strings.Split(headers, "|"))
		if fault := (*Fault)(nil); err != nil && errors.As(err, &fault) && fault.Kind == UnknownPacking {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, %v", headers, got, err)
		}
	}
}
