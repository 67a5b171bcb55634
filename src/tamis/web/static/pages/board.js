// Cards of the board may be dragged onto another column; whoever cannot drag uses "Move to…".
let held = null;
const lane = (event) => held && event.target.closest?.("[data-lane]");

document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-move]");
  if (held) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragend", () => {
  held = null;
  document.querySelectorAll(".lane.over").forEach((one) => one.classList.remove("over"));
});
document.addEventListener("dragover", (event) => {
  const over = lane(event);
  document.querySelectorAll(".lane.over").forEach((one) => one.classList.toggle("over", one === over));
  if (!over) return;
  over.classList.add("over");
  event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const over = lane(event);
  if (!over || over.contains(held)) return;
  event.preventDefault();
  const values = {to: `column:${over.dataset.lane}`, seen: held.dataset.seen};
  window.htmx.ajax("POST", held.dataset.move, {source: held, target: "#board", swap: "outerHTML", values});
});
