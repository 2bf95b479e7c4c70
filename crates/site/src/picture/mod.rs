mod layers;
mod text;
