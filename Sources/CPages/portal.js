// What pages do beyond HTML. Every page works without it.
"use strict";

// Times in the person's own way of writing them.
for (const element of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) continue;
  element.title = element.textContent;
  element.textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(moment);
}

// A form is sent once; a button that does something slow says so.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  if (form.dataset.opens) button.firstChild.textContent = "Opening…";
});

// A page that comes back from the history can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// What went wrong is where the keyboard is, and first of all the field that has to be typed again.
const notice = document.getElementById("notice");
if (notice) (document.querySelector("[aria-invalid=true][type=password]") ?? notice).focus();
