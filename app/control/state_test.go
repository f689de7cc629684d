package control

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"modelbeam/app"
)

// fill gives every field below v a value that is not its zero.
func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, time.May, 4, 12, 0, 0, 5, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a State has a " + v.Kind().String())
	}
}

// TestStateIsWhole holds that nothing of a State is lost on its way to the window, also of what is added to
// it one day.
func TestStateIsWhole(t *testing.T) {
	var s app.State
	fill(reflect.ValueOf(&s).Elem())
	for name, state := range map[string]app.State{"full": s, "empty": {}} {
		line, err := json.Marshal(message{State: wrap(state)})
		if err != nil {
			t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		if got := m.State.unwrap(); !reflect.DeepEqual(got, state) {
			t.Errorf("%s: it arrives as\n%+v, and was\n%+v", name, got, state)
		}
	}
}
