package launch

import (
	"encoding/json"
	"os"
	"testing"
)

// TestHelperElevated is no test: it is the program that a test runs on another machine, with a command as JSON.
func TestHelperElevated(t *testing.T) {
	asked := os.Getenv("MODELBEAM_TEST_ELEVATED")
	if asked == "" {
		t.Skip("not asked to run anything")
	}
	var command []string
	if err := json.Unmarshal([]byte(asked), &command); err != nil {
		t.Fatal(err)
	}
	if err := Elevated(t.Context(), command); err != nil {
		t.Fatal(err)
	}
}
