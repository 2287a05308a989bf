// What the page gains with scripts; without them every form has a button, and all of it works.
"use strict";

// On a phone the form opens when it is asked for; its markup says "open" for whoever has no script.
const sideForm = document.querySelector(".side-form");
if (sideForm) {
  const narrow = window.matchMedia("(max-width: 959px)");
  if (narrow.matches) sideForm.open = false;
  // A wide page shows the form without the line that would open it.
  narrow.addEventListener("change", () => { if (!narrow.matches) sideForm.open = true; });
  sideForm.classList.add("is-ready");
}

// A position is rounded to some half a mile, and goes to this machine only.
const here = document.getElementById("here");
if (here && "geolocation" in navigator && window.isSecureContext) {
  here.hidden = false;
  here.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const where = document.querySelector("#wish [name=where]");
        where.value = `${coords.latitude.toFixed(2)}, ${coords.longitude.toFixed(2)}`;
        where.form.requestSubmit();
      },
      () => { here.textContent = "Your browser does not tell where you are"; },
    );
  });
}

// Days that were picked count more than a window; whoever presses a window wants that one.
document.addEventListener("change", (event) => {
  if (event.target.name !== "when") return;
  for (const day of event.target.form.querySelectorAll("[type=date]")) day.value = "";
});

// An address without what says nothing is one that can be read and shared.
document.addEventListener("htmx:config:request", (event) => {
  const form = event.detail?.ctx?.request?.body;
  if (!(form instanceof FormData)) return;
  for (const [name, value] of [...form.entries()]) if (value === "") form.delete(name);
});

// Copies the secret address beside the button.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
    button.textContent = "Copied";
  });
}
