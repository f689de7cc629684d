package download

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"modelbeam/assets"
)

// model is a row of assets/models.json.
type model struct {
	Name   string `json:"name"`   // as Ollama's library has it
	Title  string `json:"title"`  // for people
	Bytes  int64  `json:"bytes"`  // on the disk, as far as the library tells: rounded
	Memory int    `json:"memory"` // GB that a computer should have in all
	Good   string `json:"good"`   // at what: English, and the key of its translations
	Sees   bool   `json:"sees"`   // it takes pictures
	Page   string `json:"page"`
}

// catalog is assets/models.json.
type catalog struct {
	Date    string   `json:"date"` // when it was compared with its sources
	Sources []string `json:"sources"`
	Models  []model  `json:"models"`
}

// known are the models of the catalog, the smallest first.
var known = sync.OnceValue(func() []model {
	var c catalog
	if err := json.Unmarshal(assets.Models, &c); err != nil {
		panic(fmt.Sprintf("read assets/models.json: %v", err)) // it is built in, and a test reads it
	}
	slices.SortStableFunc(c.Models, func(a, b model) int { return int(a.Bytes>>20) - int(b.Bytes>>20) })
	return c.Models
})

// Sentences are all the texts of the catalog that are translated.
func Sentences() []string {
	var all []string
	for _, m := range known() {
		all = append(all, m.Good)
	}
	return all
}

// sizeOf is how many bytes a model of the catalog has; 0 for any other.
func sizeOf(name string) int64 {
	i := slices.IndexFunc(known(), func(m model) bool { return Named(m.Name) == name })
	if i < 0 {
		return 0
	}
	return known()[i].Bytes
}
