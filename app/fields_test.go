package app

import (
	"reflect"
	"strings"
	"time"
)

// fieldsOf are the names that a struct's fields have in JSON.
func fieldsOf(of reflect.Type) []string {
	var names []string
	for field := range fields(of) {
		names = append(names, field)
	}
	return names
}

// fields has the fields of a struct, those of embedded ones among them, by their names in JSON.
func fields(of reflect.Type) map[string]reflect.StructField {
	all := make(map[string]reflect.StructField)
	for _, f := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && name != "" {
			all[name] = f
		}
	}
	return all
}

// keysOf is fieldsOf with those of the structs within, as pass.until and servers[].url.
func keysOf(of reflect.Type, before string) []string {
	var keys []string
	for name, f := range fields(of) {
		keys = append(keys, before+name)
		if inner, list := structIn(f.Type); inner != nil {
			keys = append(keys, keysOf(inner, before+name+list+".")...)
		}
	}
	return keys
}

// within are the types of all structs in the values, at any depth, but not those of the values
// themselves.
func within(values ...any) map[reflect.Type]bool {
	all, skip := make(map[reflect.Type]bool), make(map[reflect.Type]bool)
	var visit func(of reflect.Type)
	visit = func(of reflect.Type) {
		for _, f := range fields(of) {
			if inner, _ := structIn(f.Type); inner != nil && !all[inner] && !skip[inner] {
				all[inner] = true
				visit(inner)
			}
		}
	}
	for _, v := range values {
		skip[reflect.TypeOf(v)] = true
	}
	for of := range skip {
		visit(of)
	}
	return all
}

// structIn is the struct that a field holds, leads to or lists ("[]"); nil when it holds none.
func structIn(of reflect.Type) (inner reflect.Type, list string) {
	if of.Kind() == reflect.Slice {
		of, list = of.Elem(), "[]"
	}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
		return nil, ""
	}
	return of, list
}
