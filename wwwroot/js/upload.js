// Files go from the browser straight to their address (multipart or raw), with progress; the circuit only hears that one is done.
// element: the .drop label; target: .NET object with Done(name, status, body) and Refused(name, reason).
export function upload(element, target, options) {
  const input = element.querySelector("input[type=file]"), list = element.parentElement.querySelector(".uploads");
  const send = (files) => { input.value = ""; for (const file of files) one(file); };
  input.addEventListener("change", () => send([...input.files]));
  for (const type of ["dragenter", "dragover"]) element.addEventListener(type, (e) => { e.preventDefault(); element.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) element.addEventListener(type, () => element.classList.remove("over"));
  element.addEventListener("drop", (e) => { e.preventDefault(); send([...e.dataTransfer.files]); });
  // The page stands before the circuit does: a file chosen meanwhile is sent now.
  if (input.files.length) send([...input.files]);

  function one(file) {
    const row = document.createElement("div"), name = document.createElement("span"), state = document.createElement("span"), bar = document.createElement("progress");
    row.className = "upload"; name.textContent = file.name; bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", file.name);
    row.append(name, state, bar); list.append(row);
    const request = new XMLHttpRequest(), started = performance.now();
    if (options.maxBytes && file.size > options.maxBytes) return fail(options.tooLarge);
    request.open("POST", options.url.replace("{name}", encodeURIComponent(file.name)));
    request.setRequestHeader("RequestVerificationToken", document.querySelector("meta[name=request-token]")?.content ?? "");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (e) => {
      bar.value = e.loaded / (e.total || file.size || 1);
      const seconds = (performance.now() - started) / 1000;
      state.textContent = `${Math.round(bar.value * 100)} % · ${(e.loaded / 1048576 / Math.max(seconds, .1)).toFixed(1)} MiB/s`;
    };
    request.onload = () => {
      if (request.status < 300) { bar.value = 1; state.textContent = "✓"; setTimeout(() => row.remove(), 4000); }
      else { fail(problem(request) ?? `${request.status}`); return; }
      target?.invokeMethodAsync("Done", file.name, request.status, request.responseText.slice(0, 20000));
    };
    request.onerror = () => fail(options.offline);
    request.send(options.raw ? file : form(file));

    function fail(reason) { row.classList.add("bad"); state.textContent = reason; bar.hidden = true; target?.invokeMethodAsync("Refused", file.name, reason, request.status); }
  }
  function form(file) { const data = new FormData(); data.append("file", file); return data; }
  function problem(request) { try { const p = JSON.parse(request.responseText); return p.detail ?? p.message ?? p.title; } catch { return null; } }
}
