package firewall

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// envLook makes TestHelperLook run: a Program as JSON.
const envLook = "MODELBEAM_TEST_FIREWALL"

// TestHelperLook is no test: it is the program that tests run on another machine. It prints what Look finds there, a
// line of JSON each.
func TestHelperLook(t *testing.T) {
	asked := os.Getenv(envLook)
	if asked == "" {
		t.Skip("not asked to look")
	}
	var p Program
	if err := json.Unmarshal([]byte(asked), &p); err != nil {
		t.Fatal(err)
	}
	resign(t)
	for _, f := range Look(t.Context(), p) {
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s\n", text)
	}
}
