package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// Addresses as a phone may be told them: short and long names, ports and paths.
var wrappedAddresses = []string{
	"http://192.168.178.120:28717/v1",
	"http://10.0.0.4:8717",
	"http://modelbeam-c53c.local:8717/v1",
	"http://modelbeam-c53c.local:8717/ollama/v1",
	"https://annas-laptop.tail3f9a2b.ts.net:8443/v1",
	"http://[fd12:3456:789a:1::1]:8717/v1",
	"http://annas-laptop/v1",
	"http://a-name-that-is-too-long-for-any-line-of-a-phone-and-has-no-dot:8717/v1",
	"http://anamewithoutanysignthatistoolongforanylineofaphoneandhasnodoteither:8717/v1",
}

// wrongBreaks are the fields whose address goes on in another line at a place where nobody would look for that, or
// is not all there: as "shown: what is on each line".
const wrongBreaks = `(() => {
	const wrong = [];
	for (const code of document.querySelectorAll("#apps code")) {
		const text = code.textContent;
		if (!/^https?:/.test(text)) continue;
		const lines = [];
		let bottom = -Infinity;
		const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			for (let i = 0; i < node.data.length; i++) {
				const range = document.createRange();
				range.setStart(node, i);
				range.setEnd(node, i + 1);
				const at = range.getBoundingClientRect();
				if (at.top >= bottom - 2) { lines.push(""); bottom = at.bottom; }
				lines[lines.length - 1] += node.data[i];
			}
		}
		const box = code.getBoundingClientRect();
		getSelection().selectAllChildren(code);
		const copied = String(getSelection());
		const name = new URL(text).hostname;
		const long = name.length > 60; // it has no place of its own to break at
		const odd = lines.slice(1).some((line, i) => {
			const sign = name.startsWith("[") ? /(\/\/|[.:-])$/ : /(\/\/|[.-])$/;
			return !sign.test(lines[i]) && !/^(:\d+|\/[^/]+)/.test(line) && !(long && !/[:\/]/.test(line));
		});
		const early = lines.length > 1 && lines.some((line) => line.startsWith(":")) && text.length - text.indexOf("//") - 2 < 20;
		if (odd || early || copied !== text || code.scrollWidth > code.clientWidth + 1 || code.scrollHeight > code.clientHeight + 1 || bottom > box.bottom + 1) {
			wrong.push(text + ": " + lines.join(" | ") + (copied === text ? "" : ", copied as " + JSON.stringify(copied)));
		}
	}
	getSelection().removeAllRanges();
	return wrong.join("\n");
})()`

// TestAddressesWrapWell reads addresses in "Use another app" on narrow phones, in every language: a line ends after "//"
// or a dot, or before the port, so that what a person types from there is right.
func TestAddressesWrapWell(t *testing.T) {
	await.Long(t)
	t.Parallel()
	b := startBeam(t, "--demo", "on")
	s := startStand(t, b)
	s.play(map[string]http.HandlerFunc{"/apps": say(appsAt(wrappedAddresses))})
	p := openPhone(t, thisMachine)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	p.calm()
	for _, file := range pageFiles(t) {
		p.speak(file)
		p.open("about:blank")
		p.open(s.URL)
		p.awaitRoom()
		p.sheet("use-app", "apps", func() {
			for _, width := range widths {
				p.resize(width)
				p.awaitStill()
				if n := evaluate[int](p, `document.querySelectorAll("#apps .field code").length`); n != len(wrappedAddresses) {
					t.Fatalf("%d addresses are shown", n)
				}
				if wrong := evaluate[string](p, wrongBreaks); wrong != "" {
					t.Errorf("in %s at %d pixels:\n%s", file, width, wrong)
				}
			}
			keepAs(t, "addresses-"+file, p.screenshot())
		})
	}
}

// appsAt is what the gateway says of apps, with these addresses to copy.
func appsAt(addresses []string) string {
	var fields []map[string]any
	for i, address := range addresses {
		fields = append(fields, map[string]any{"label": fmt.Sprint("Address ", i+1), "value": address})
	}
	text, _ := json.Marshal(map[string]any{"apps": []any{map[string]any{ // a map of strings always can be
		"id": "other", "name": "Another app", "platforms": []string{}, "ways": []any{map[string]any{"steps": "Copy these", "fields": fields}},
	}}})
	return string(text)
}
