package devices

import (
	"encoding/json"
	"testing"
)

// FuzzCheck reads lists that anybody may have written: what is accepted lets nobody in by accident.
func FuzzCheck(f *testing.F) {
	for _, list := range []string{`[]`, `null`, `[null]`, `[{"id":"a","hash":""}]`, `[{"id":"0badcafe","name":"x","hash":"` + hash("mb_x") + `"}]`, `[{"id":"a","pass":{"requests":-1}}]`} {
		f.Add([]byte(list))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var list []Device
		if json.Unmarshal(text, &list) != nil || check(list) != nil {
			return
		}
		v := &view{devices: list}
		for _, key := range []string{"", "mb_", "mb_AAAAAAAAAAAAAAAAAAAAAA"} {
			h := sumOf(key)
			if d, ok := v.byHash(&h); ok && d.Hash != hash(key) {
				t.Errorf("%q lets in %+v", key, d)
			}
		}
		for _, d := range list {
			CleanName(d.Name)
			_ = d.stale()
		}
	})
}
