# ruff: noqa: E501 (a node reads best as a line)
"""Graphs of ComfyUI as people film with them, cut to what is read of them, and what that is."""

from __future__ import annotations

COMFY = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 42, "steps": 20, "cfg": 6.0, "positive": ["6", 0], "negative": ["7", 0], "model": ["4", 0]},
    },
    "4": {"class_type": "UNETLoader", "inputs": {"unet_name": "wan2.1_t2v_1.3B.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox in the snow", "clip": ["38", 0]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["38", 0]}},
    "40": {"class_type": "EmptyHunyuanLatentVideo", "inputs": {"width": 832, "height": 480, "length": 33}},
}
NODES = {  # of the graphs that people film with
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox runs", "clip": ["38", 0]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["38", 0]}},
    "12": {"class_type": "UNETLoader", "inputs": {"unet_name": "hunyuan_video.safetensors"}},
    "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 20, "denoise": 1}},
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 219}},
    "45": {"class_type": "EmptyHunyuanLatentVideo", "inputs": {"width": 848, "height": 480, "length": 73}},
    "13": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {"noise": ["25", 0], "guider": ["22", 0], "sigmas": ["17", 0], "latent_image": ["45", 0]},
    },
}
GRAPHS = {
    "guided": NODES | {
        "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
        "22": {"class_type": "CFGGuider", "inputs": {"positive": ["26", 0], "negative": ["7", 0], "cfg": 4.5}},
    },
    "distilled": {name: node for name, node in NODES.items() if name != "7"} | {
        "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
        "22": {"class_type": "BasicGuider", "inputs": {"model": ["12", 0], "conditioning": ["26", 0]}},
    },
    "wrapper": {
        "11": {"class_type": "LoadWanVideoT5TextEncoder", "inputs": {"model_name": "umt5-xxl.safetensors"}},
        "16": {"class_type": "WanVideoTextEncode", "inputs": {"positive_prompt": "a fox runs", "negative_prompt": "blurry"}},
        "22": {"class_type": "WanVideoModelLoader", "inputs": {"model": "Wan2_1-T2V-1_3B.safetensors"}},
        "27": {"class_type": "WanVideoSampler", "inputs": {"steps": 25, "cfg": 6.0, "seed": 7, "text_embeds": ["16", 0]}},
        "37": {"class_type": "WanVideoEmptyEmbeds", "inputs": {"width": 832, "height": 480, "num_frames": 81}},
    },
    "two stages": {
        "1": {"class_type": "KSamplerAdvanced", "inputs": {
            "add_noise": "disable", "noise_seed": 0, "steps": 20, "cfg": 3.5, "positive": ["9", 0], "negative": ["9", 1]}},
        "2": {"class_type": "KSamplerAdvanced", "inputs": {
            "add_noise": "enable", "noise_seed": 99, "steps": 20, "cfg": 3.5, "positive": ["9", 0], "negative": ["9", 1]}},
        "9": {"class_type": "WanImageToVideo", "inputs": {
            "width": 640, "height": 640, "length": 81, "positive": ["6", 0], "negative": ["7", 0]}},
        "6": NODES["6"], "7": NODES["7"],
    },
}  # fmt: skip
READ = {  # prompt, negative, seed, steps, guidance, width, frames, model
    "guided": ("a fox runs", "blurry", 219, 20, 4.5, 848, 73, "hunyuan_video.safetensors"),
    "distilled": ("a fox runs", "", 219, 20, 3.5, 848, 73, "hunyuan_video.safetensors"),
    "wrapper": ("a fox runs", "blurry", 7, 25, 6.0, 832, 81, "Wan2_1-T2V-1_3B.safetensors"),
    "two stages": ("a fox runs", "blurry", 99, 20, 3.5, 640, 81, ""),
}
