export class CreateNoteDto {
  title: string;
  body?: string;
  pinned?: boolean;
  ownerId?: number;
}
