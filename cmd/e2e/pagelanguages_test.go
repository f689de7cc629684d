package e2e

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// cutTexts looks for what has too little room on the page: what is wider than the phone, a text that is not all to be
// seen, and controls over each other. Names that others chose may end in dots, and what scrolls may be wider.
const cutTexts = `(() => {
	const found = [];
	const scrolls = (el) => el.closest("pre, .table, .code-block, .unseen, .symbols");
	const named = (el) => el.closest("#laptop, .chat-title, #model, .field code, option");
	const root = document.querySelector("dialog[open]") ?? document.body;
	const seen = [...root.querySelectorAll("*")].filter((el) => el.checkVisibility() && !scrolls(el) && el.getClientRects().length > 0);
	const name = (el) => (el.id ? "#" + el.id : el.className || el.localName) + " " + (el.innerText ?? "").slice(0, 60);
	for (const el of seen) {
		const box = el.getBoundingClientRect();
		if (box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) found.push("beyond the edge: " + name(el));
		const texts = [...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "");
		if (texts && !named(el) && el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).display !== "inline") found.push("cut: " + name(el));
	}
	for (const list of seen.filter((el) => el.localName === "select" && !named(el))) {
		const text = document.createElement("span");
		text.style.cssText = "position: absolute; white-space: nowrap; visibility: hidden";
		text.style.font = getComputedStyle(list).font;
		text.textContent = list.selectedOptions[0]?.textContent ?? "";
		document.body.append(text);
		if (text.getBoundingClientRect().width + 32 > list.clientWidth) found.push("cut: " + name(list) + text.textContent);
		text.remove();
	}
	const controls = seen.filter((el) => el.matches("button, a, input:not([type=file]), textarea, summary"));
	controls.forEach((a, i) => controls.slice(i + 1).forEach((b) => {
		if (a.contains(b) || b.contains(a)) return;
		const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
		const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left), high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
		if (wide > 1 && high > 1 && !a.closest(".sheet-body") && !b.closest(".scroll")) found.push("over each other: " + name(a) + " / " + name(b));
	}));
	return found.join("\n");
})()`

// allProblems puts the words of each problem on the screen that says how the connection stands, and looks at each.
const allProblems = `(async (file) => {
	const words = await (await fetch("/translations/" + file + ".json")).json();
	const [title, advice] = ["status-title", "status-advice"].map((id) => document.getElementById(id));
	const before = [title.textContent, advice.textContent];
	const found = new Set();
	for (const text of Object.values(words).flatMap((w) => typeof w === "string" ? [w] : Object.values(w))) {
		const long = text.replace(/\{\w+\}/g, "Anna");
		title.textContent = long.length < 60 ? long : "";
		advice.textContent = long;
		for (const el of [title, advice]) {
			if (el.getBoundingClientRect().right > innerWidth || el.getBoundingClientRect().left < 0 || el.scrollWidth > el.clientWidth + 1) found.add(el.id + ": " + long);
		}
	}
	[title.textContent, advice.textContent] = before;
	return [...found].join("\n");
})`

// forget has the phone keep nothing but its key: no chats of the language before.
const forget = `(async (key) => {
	localStorage.clear();
	if (key) localStorage.setItem("modelbeam", key);
	return new Promise((done) => {
		const request = indexedDB.deleteDatabase("modelbeam");
		request.onsuccess = request.onerror = () => done(true);
	});
})`

// widths are those of a narrow phone and of a common one.
var widths = []int64{320, 360}

// TestPageSpeaksAllLanguages reads the page in each of its languages, as a phone of that language does: nothing is cut, on
// a common phone and on a narrow one, and what is written from right to left is. With SCREENS=folder it keeps
// pictures.
func TestPageSpeaksAllLanguages(t *testing.T) {
	await.Long(t)
	t.Parallel()
	server := serveFake(t, exhibit, "exhibit")
	b := startBeam(t, "--server", server.URL)
	s := startStand(t, b)
	p := openPhone(t, thisMachine)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	p.calm()
	key := evaluate[string](p, `localStorage.getItem("modelbeam")`)
	for _, file := range pageFiles(t) {
		tag := map[string]string{"zh": "zh-CN", "zh-Hant": "zh-HK"}[file]
		if tag == "" {
			tag = file
		}
		p.speak(tag)
		tourLanguage(t, p, s, key, file)
	}
}

// pageFiles are the names of the page's translations.
func pageFiles(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "assets", "translations", "page", "*.json"))
	if err != nil || len(files) < 10 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return names
}

// speak gives the browser another language.
func (p *page) speak(tag string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: phone.UserAgent, AcceptLanguage: tag})
		return err
	}))
}

func tourLanguage(t *testing.T, p *page, s *stand, key, file string) {
	t.Helper()
	look := func(name string) {
		t.Helper()
		for _, width := range widths {
			p.resize(width)
			p.awaitStill()
			if cut := evaluate[string](p, cutTexts); cut != "" {
				t.Errorf("%s in %s at %d pixels:\n%s", name, file, width, cut)
			}
		}
		keepAs(t, "language-page-"+name+"-"+file, p.screenshot())
	}
	visit := func(name, connection string, answers map[string]http.HandlerFunc) {
		t.Helper()
		s.play(answers)
		call[bool](p, forget, connection)
		p.open("about:blank")
		p.open(s.URL)
		if connection != "" && answers == nil {
			p.awaitRoom()
			await.True(t, name+" in "+file+" is an empty room", func() bool { return evaluate[bool](p, `document.getElementById("suggestions").checkVisibility()`) })
		} else {
			p.awaitStatus(name)
		}
		look(name)
	}
	visit("welcome", "", nil)
	if cut := call[string](p, allProblems, file); cut != "" {
		t.Errorf("in %s at %d pixels:\n%s", file, widths[len(widths)-1], cut)
	}
	rtl := file == "ar" || file == "he"
	if got := evaluate[string](p, `getComputedStyle(document.body).direction + " " + getComputedStyle(document.getElementById("code")).direction`); got != map[bool]string{true: "rtl ltr", false: "ltr ltr"}[rtl] {
		t.Errorf("%s is written %s", file, got)
	}
	visit("asleep", key, map[string]http.HandlerFunc{"/proof": vanish})
	visit("phone-paused", key, everywhere(refuse(403, "device_paused", 0)))
	visit("no-model", key, map[string]http.HandlerFunc{"/v1/models": say(`{"object":"list","data":[]}`)})
	visit("room", key, nil)
	p.ask("How do I make tea?", "exhibit")
	p.awaitAnswerEnd()
	look("answered")
	p.ask("breaking", "exhibit")
	await.True(t, "the page says that the answer broke off", func() bool { return evaluate[bool](p, `document.querySelector("#log .problem") != null`) })
	look("broken")
	p.sheet("open-chats", "chats", func() { look("chats") })
	p.sheet("open-apps", "apps", func() {
		look("apps")
		evaluate[bool](p, `[...document.querySelectorAll("#apps details")].map((d) => d.open = true).length > 0`)
		look("all apps")
	})
	p.tapOn("new-chat")
}

// calm has the browser of somebody who wants nothing to move, which takes less time.
func (p *page) calm() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// resize makes the phone's screen as wide as that.
func (p *page) resize(width int64) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: phone.Height, DeviceScaleFactor: phone.Scale, Mobile: true,
		})
		return err
	}))
}
