/** What is known of a camera's shape before its first picture. */
const USUAL_SHAPE = 4 / 3;

/**
 * In how many columns views are laid out so that their pictures are as large as can be.
 * @param count of views, at least 1
 * @param shape width of a picture by its height
 */
export function gridColumns(count: number, room: { width: number; height: number }, shape = USUAL_SHAPE): number {
  let best = { columns: 1, pictureWidth: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const pictureWidth = Math.min(room.width / columns, (room.height / rows) * shape);
    if (pictureWidth > best.pictureWidth) best = { columns, pictureWidth };
  }
  return best.columns;
}
