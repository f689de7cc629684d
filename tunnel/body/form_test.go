package body

import (
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"
)

func TestReadForm(t *testing.T) {
	part := func(name, extra, value string) string {
		return fmt.Sprintf("--B\r\nContent-Disposition: form-data; name=%q%s\r\n\r\n%s\r\n", name, extra, value)
	}
	const end = "--B--\r\n"
	file := part("file", "; filename=\"my model, name 1 \xc3\xa4.wav\"\r\nContent-Type: audio/wav", strings.Repeat("\x00\n\r", 20_000)+"--C")
	model := part("model", "", "whisper")
	tests := map[string]string{
		model + end:                                                 "whisper",
		"\r\n" + model + end:                                        "whisper",
		model + strings.TrimSpace(end):                              "whisper",
		file + part("model", "", "whisper@b") + end:                 "whisper@b",
		part("prompt", "", "name=model") + end:                      "",
		part("timestamp_granularities[]", "", "word") + model + end: "whisper",
		"--B\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name=model\r\n\r\na\r\n" + end: "a",
		file + end: "",
	}
	for body, want := range tests {
		got, f := ReadForm(strings.NewReader(body), "B")
		if f != nil || got.Model.Value != want || (want != "" && body[got.Model.Start:got.Model.End] != want) {
			t.Errorf("%.80q: found %+v, %v, want %q", body, got, f, want)
		}
	}
	for _, body := range []string{
		"", "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n", model, file, "preamble\r\n" + model + end, model + end + "x",
		model + model + end, model + part("Model", "", "b") + end, model + part("model[]", "", "b") + end, part("MODEL", "", "b") + end,
		part("model", "; filename=\"x\"", "whisper") + end, part("models", "", "b") + end, model + part("x", "; name=model", "b") + end,
		model + part("x", "; filename=\"; name=model; \"", "b") + end, model + part("x", "; name*=utf-8''model", "b") + end,
		model + part("x", "; name*0=mo; name*1=del", "b") + end, model + part("x", "\r\nContent-Disposition: form-data; name=model", "b") + end,
		model + part("x", "\r\n ; name=model", "b") + end, model + strings.ReplaceAll(part("x", "", "b"), "x", `mod\el`) + end,
		model + "--B\r\nContent-Disposition: form-data\r\n\r\nb\r\n" + end, model + "--B\r\n\r\nb\r\n" + end,
		strings.ReplaceAll(model+end, "\r\n", "\n"), model + part("x", "", "\n--B\nContent-Disposition: form-data; name=model\n\nb\n") + end,
		model + part("x", "", "--B\r\nContent-Disposition: form-data; name=model\r\n\r\nb") + end,
		strings.Replace(model, "--B\r\n", "--B \r\n", 1) + end, part("x", "", strings.Repeat("x", 20_000)+"--B") + end,
	} {
		if got, f := ReadForm(strings.NewReader(body), "B"); f == nil {
			t.Errorf("%.300q passed with %q", body, got.Model.Value)
		}
	}
}

// FuzzForm holds the form reader against mime/multipart: a form that passes has the same
// model for both, or none for both.
func FuzzForm(f *testing.F) {
	f.Add("--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na\r\n--B--\r\n")
	f.Add("--B\r\nContent-Disposition: form-data; name=x; filename=y\r\n\r\n\r\n--B\r\nContent-Disposition: form-data; name=model\r\n\r\nb\r\n--B--")
	f.Add("--B\r\nX: y\r\nContent-Disposition: form-data; filename=\"name;\"; name=\"model\"\r\n\r\na\r\n--B--\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		form, fault := ReadForm(strings.NewReader(body), "B")
		if fault != nil {
			return
		}
		got := form.Model
		var models []string
		for parts := multipart.NewReader(strings.NewReader(body), "B"); ; {
			part, err := parts.NextRawPart()
			if err != nil {
				break
			}
			if data, _ := io.ReadAll(part); strings.EqualFold(part.FormName(), "model") {
				models = append(models, string(data[:min(len(data), maxToken)]))
			}
		}
		if len(models) > 1 || len(models) == 1 != (got.End > 0) || len(models) == 1 && models[0] != got.Value {
			t.Errorf("%q: the gateway finds %+v, the server %q", body, got, models)
		}
	})
}
