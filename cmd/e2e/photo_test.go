package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

const (
	seeingModel = "eyes"
	blindModel  = "blind"
)

// TestPhotoReachesTheModel chooses a photo as a phone's camera makes it, 12 megapixels and lying on
// its side, first for a model that cannot see: the page says so and offers the one that can. That
// one gets it in the format of OpenAI's API, small, upright, and without what the camera noted.
func TestPhotoReachesTheModel(t *testing.T) {
	questions := make(chan []byte, 1)
	server := serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		questions <- body
		count(w)
	}, seeingModel, blindModel)
	server.inputs = map[string][]string{seeingModel: {"text", "image"}, blindModel: {"text"}}
	b := startBeam(t, "--server", server.URL)
	page := openPhone(t, thisMachine)
	page.open(b.ready.PairURL)
	page.awaitText("Connected")

	photo := cameraPhoto(t)
	page.choose(blindModel)
	began := time.Now()
	page.do(chromedp.SetUploadFiles(chromedp.ID("photo-file"), []string{photo}))
	page.awaitText(blindModel + " cannot see pictures.")
	page.do(chromedp.Tap(chromedp.CSS("#photo-note button"), chromedp.NodeVisible))
	await.True(t, "the photo has been made small", func() bool {
		return evaluate[int](page, `document.querySelectorAll("#photos li.photo img").length`) == 1
	})
	t.Logf("12 megapixels were ready to be sent after %s", time.Since(began).Round(time.Millisecond))
	page.ask("What is this?", seeingModel)

	question := <-questions
	words, pictures := partsOf(t, question)
	if words != "What is this?" || len(pictures) != 1 {
		t.Fatalf("the server got %.300s", question)
	}
	assertUpright(t, pictures[0])
	page.awaitText("one two three")
	if got := evaluate[int](page, `document.querySelectorAll("#log .question-photos img").length`); got != 1 {
		t.Errorf("the question on the page has %d photos", got)
	}
}

// TestPhotoInOllamasWords sends a picture as apps for Ollama do, to a server that speaks only
// OpenAI's dialect.
func TestPhotoInOllamasWords(t *testing.T) {
	questions := make(chan []byte, 1)
	server := serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		questions <- body
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":"a photo"},"finish_reason":"stop"}]}`)
	}, seeingModel)
	b := startBeam(t, "--server", server.URL)
	app := newHandset(t)
	app.mustPair(t, b, "app")
	data, err := os.ReadFile(cameraPhoto(t))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{
		"model": seeingModel, "stream": false,
		"messages": []map[string]any{{"role": "user", "content": "What is this?", "images": [][]byte{data}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := app.chatWith(t, b.url, "/api/chat", string(body)); got.Status != http.StatusOK || !strings.Contains(got.Text, "a photo") {
		t.Fatalf("the app gets %+v", got)
	}
	words, pictures := partsOf(t, <-questions)
	if words != "What is this?" || len(pictures) != 1 || !bytes.Equal(pictures[0], data) {
		t.Errorf("the server got %q and %d pictures", words, len(pictures))
	}
}

// partsOf reads the last message of a question in the format that
// https://platform.openai.com/docs/guides/images-vision has for pictures.
func partsOf(t *testing.T, question []byte) (words string, pictures [][]byte) {
	t.Helper()
	var asked struct {
		Messages []struct {
			Content []struct {
				Type, Text string
				ImageURL   struct{ URL string } `json:"image_url"`
			}
		}
	}
	if err := json.Unmarshal(question, &asked); err != nil || len(asked.Messages) == 0 {
		t.Fatalf("the server got %.300q: %v", question, err)
	}
	for _, part := range asked.Messages[len(asked.Messages)-1].Content {
		if part.Type == "text" {
			words += part.Text
			continue
		}
		encoded, ok := strings.CutPrefix(part.ImageURL.URL, "data:image/jpeg;base64,")
		data, err := base64.StdEncoding.DecodeString(encoded)
		if part.Type != "image_url" || !ok || err != nil {
			t.Fatalf("the server got a part %s with %.100q: %v", part.Type, part.ImageURL.URL, err)
		}
		pictures = append(pictures, data)
	}
	return words, pictures
}
