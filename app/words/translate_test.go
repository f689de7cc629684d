package words

import (
	"testing"

	"modelbeam/app"
)

func TestFields(t *testing.T) {
	useLanguage(t, "en")
	tests := []struct {
		text   string
		values Values
		want   string
	}{
		{"until midnight", nil, "until midnight"},
		{"{{.First}} and {{.Second}}", Values{"First": "Ollama", "Second": "Jan"}, "Ollama and Jan"},
		{"{{.Count}} tokens", Values{"Count": 1234}, "1,234 tokens"},
		{"{{.First}} and {{.Second}}", Values{"First": "{{.Second}}", "Second": "Jan"}, "{{.Second}} and Jan"}, // a hostile name
		{"{{.First}} and {{.Second}}", Values{"First": "$1 ${name} %s"}, "$1 ${name} %s and "},
		{"not {{ .A }} {{A}} {{.}} {{.A", Values{"A": "a"}, "not {{ .A }} {{A}} {{.}} {{.A"},
	}
	for _, tt := range tests {
		if got := L(tt.text, tt.values); got != tt.want {
			t.Errorf("%q with %v: %q, want %q", tt.text, tt.values, got, tt.want)
		}
	}
}

func TestFilled(t *testing.T) {
	useLanguage(t, "zh")
	p := &app.Problem{Params: map[string]string{"Name": "Mei\n{{.Name}}"}}
	if got, want := Problem(p, "Remove {{.Name}}?"), "移除“Mei {{.Name}}”？"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Problem(p, ""); got != "" {
		t.Errorf("no text became %q", got)
	}
}

// Before anything is loaded, as in a message about a start that failed, texts are English.
func TestUntranslated(t *testing.T) {
	before := loaded.Swap(nil)
	t.Cleanup(func() { loaded.Store(before) })
	if got := L("until {{.Time}}", Values{"Time": "12:00"}); got != "until 12:00" {
		t.Errorf("got %q", got)
	}
	if got := string(File()); got != "{}" {
		t.Errorf("the file is %s", got)
	}
}
