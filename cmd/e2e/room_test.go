package e2e

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// exhibit answers so that there is something to see.
func exhibit(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Messages []struct{ Content string } }
	_ = json.NewDecoder(r.Body).Decode(&asked)
	var question string
	if n := len(asked.Messages); n > 0 {
		question = asked.Messages[n-1].Content
	}
	events(w)
	switch question {
	case "thinking":
		_ = tell(w, `data: {"choices":[{"index":0,"delta":{"reasoning_content":"They ask for a thought. I have one. "}}]}`+"\n\n")
		<-r.Context().Done()
	case "answering":
		_ = tell(w, chunk("A first sentence, and a second one that is still being"))
		<-r.Context().Done()
	case "breaking":
		_ = tell(w, chunk("A first sentence, and then"))
		raw(w, "", true)
	default:
		_ = tell(w, chunk("# Tea\n\nPour **hot** water over `leaves`, wait *three* minutes:\n\n1. black\n2. green\n   - [x] sencha\n   - [ ] matcha\n\n"+
			"| tea | °C |\n|---|--:|\n| black | 95 |\n| green | 70 |\n\n```go\nfunc main() {\n\tfmt.Println(\"a line of code that is longer than a phone is wide\")\n}\n```\n\n"+
			"> Read more at https://example.org/tea. ![A cup](https://example.org/cup.png) $E = mc^2$\n")+"data: [DONE]\n\n")
	}
}

// tourRoom shows what a person sees who is connected.
func tourRoom(t *testing.T, p *page, s *stand, suffix string) {
	t.Helper()
	shoot := func(name string) {
		t.Helper()
		p.awaitStill()
		keepAs(t, "page-room-"+name+"-"+suffix, p.screenshot())
		p.assertLaidOut(name)
	}
	awaitAnswer := func(selector string) {
		t.Helper()
		await.True(t, selector+" is on the page", func() bool {
			return evaluate[bool](p, `[...document.querySelectorAll("#log .answer")].at(-1)?.querySelector(`+quote(selector)+`) != null`)
		})
	}
	p.awaitRoom()
	shoot("new")
	p.ask("How do I make tea?", "exhibit")
	p.awaitAnswerEnd()
	awaitAnswer("table")
	shoot("answered")
	p.ask("thinking", "exhibit")
	awaitAnswer("details.thoughts")
	shoot("thinking")
	p.tapSend()
	p.awaitAnswerEnd()
	p.ask("answering", "exhibit")
	awaitAnswer(".text p")
	shoot("answering")
	s.play(map[string]http.HandlerFunc{"/proof": vanish})
	p.tapSend()
	p.awaitAnswerEnd()
	shoot("stopped")
	for _, name := range []string{"other-laptop", "sign-in"} {
		s.play(map[string]http.HandlerFunc{"/proof": map[string]http.HandlerFunc{"other-laptop": say(`{"proof":"00"}`), "sign-in": logIn}[name]})
		p.ask("How do I make tea?", "exhibit")
		await.True(t, "the page tells why there is no answer yet", func() bool {
			return evaluate[bool](p, `!document.getElementById("trouble").hidden && document.getElementById("trouble").innerText.length > 20`)
		})
		shoot(name)
		s.play(nil)
		p.awaitAnswerEnd()
		await.True(t, "the page takes it back", func() bool { return evaluate[bool](p, `document.getElementById("trouble").hidden`) })
	}
	p.ask("breaking", "exhibit")
	awaitAnswer(".problem")
	shoot("broken")
	p.do(chromedp.SetUploadFiles(chromedp.ID("photo-file"), []string{cameraPhoto(t)}))
	await.True(t, "the photo is in the tray", func() bool { return evaluate[bool](p, `document.querySelector("#photos img") != null`) })
	shoot("photo")
	p.choose("blind")
	shoot("blind")
	p.sheet("open-chats", "chats", func() { shoot("chats") })
	p.sheet("open-apps", "apps", func() { shoot("apps") })
	s.play(map[string]http.HandlerFunc{
		"/device": say(`{"device":{"id":"x","name":"x"},"guest":{"until":"2099-01-01T22:00:00Z","models":["exhibit"],"requests":20,"left":7}}`),
	})
	p.do(chromedp.Reload())
	p.awaitRoom()
	await.True(t, "the page says that it is a guest's", func() bool {
		return evaluate[bool](p, `!document.getElementById("guest").hidden`)
	})
	shoot("guest")
}

// awaitStill waits until nothing moves on the page but what does so for good.
func (p *page) awaitStill() {
	p.t.Helper()
	await.True(p.t, "nothing moves on the page", func() bool {
		return evaluate[bool](p, `document.getAnimations().every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)`)
	})
}

// sheet opens a sheet with a button, and closes it again after look.
func (p *page) sheet(button, id string, look func()) {
	p.t.Helper()
	p.do(chromedp.Tap(chromedp.ID(button), chromedp.NodeVisible))
	await.True(p.t, "the sheet has come up", func() bool {
		return call[bool](p, `((id) => { const s = document.getElementById(id); return s.open && s.getAnimations().every((a) => a.playState === "finished") && s.innerText.length > 40; })`, id)
	})
	look()
	p.do(chromedp.Tap(chromedp.ID("close-"+id), chromedp.NodeVisible))
	await.True(p.t, "the sheet is closed", func() bool { return call[bool](p, `((id) => !document.getElementById(id).open)`, id) })
}

func quote(text string) string {
	quoted, _ := json.Marshal(text) // a string always can be
	return string(quoted)
}
