"""Where the world stands in WordNet, as pure data: which synsets its subjects, places and actions are.

An entry is `lemma` (its first sense in the fields that suit the kind) or `lemma.n` (its nth sense, as WordNet counts).
What lies below a synset of SAME is the thing itself: a beagle is a dog. What lies below one of LIKE is near it: of all
that the world has, a violin comes nearest to a cello.
"""

from __future__ import annotations

_PLAIN = """
fox wolf dog cat lion horse unicorn zebra deer cow pig sheep camel llama giraffe elephant mammoth rhinoceros mouse
rabbit squirrel hedgehog kangaroo bear polar_bear panda koala frog crocodile dinosaur snail ladybird monkey gorilla
orangutan poodle moose bison boar goat rat hamster lizard snake caterpillar ant beetle grasshopper cockroach spider
worm rooster chick penguin owl duck swan flamingo parrot hen bird dove eagle dodo crow goose turkey butterfly bee bat
mosquito housefly shark crab bus taxi car tractor bicycle sailboat helicopter monorail trolleybus minibus ambulance
fire_engine police_car suv racing_car motorcycle skateboard roller_skate sled canoe speedboat ferry ship parachute
satellite candle teapot lantern snowman crystal_ball guitar violin trumpet saxophone drum accordion microphone
telephone computer laptop alarm_clock hourglass light_bulb oil_lamp flashlight key bell anchor telescope
microscope broom bathtub chair bed door basket backpack suitcase shopping_cart boot mailbox comet rainbow apple lemon
strawberry pear avocado tomato potato bread croissant pretzel cheese hamburger pizza ice_cream cookie cupcake pie
lollipop mushroom sunflower rose daisy clover vampire zombie mermaid fairy santa king prince princess witch astronaut
ninja dancer singer student teacher farmer chef mechanic welder businesswoman businessman scientist programmer painter
pilot firefighter police_officer bride groom jockey skier golfer surfer swimmer cyclist gymnast juggler cowboy
cottage tent circus_tent mosque hotel factory fountain ferris_wheel weightlifter snowboarder fencer rower
basketball_player magnet goblin troll genie lighthouse submarine
"""
_SAME = """
subject/tiger: tiger.2
subject/knight: knight.1
subject/windmill: windmill.2
subject/pirate_ship: pirate.3
subject/leopard: leopard.2, snow_leopard
subject/hippo: hippopotamus
subject/turtle: turtle.2, tortoise
subject/t_rex: tyrannosaurus, theropod
subject/dragon: dragon.1
subject/raccoon: raccoon.2
subject/donkey: donkey.2
subject/ox: ox, bull
subject/buffalo: water_buffalo
subject/ram: ram.5
subject/two_hump_camel: bactrian_camel
subject/beaver: beaver.7
subject/sloth: sloth.2
subject/otter: otter.2
subject/skunk: skunk.4
subject/badger: badger.2
subject/scorpion: scorpion.3
subject/guide_dog: guide_dog
subject/peacock: peacock.2
subject/fish: fish
subject/tropical_fish: angelfish, goldfish, butterfly_fish, clown_anemone_fish
subject/dolphin: dolphin.2, porpoise
subject/whale: whale.2
subject/octopus: octopus.2
subject/jellyfish: jellyfish.1, jellyfish.2
subject/squid: squid.2
subject/seal: seal.9
subject/blowfish: blowfish.2
subject/lobster: lobster.2
subject/shrimp: shrimp.3, prawn
subject/oyster: oyster
subject/train: train, steam_locomotive
subject/umbrella_object: umbrella
subject/rocket: rocket
subject/ufo: flying_saucer
subject/railway_car: railway_car
subject/fast_train: bullet_train
subject/tram: tram.3
subject/pickup: pickup
subject/delivery_truck: delivery_truck, van.5
subject/lorry: truck
subject/scooter: scooter.3
subject/kick_scooter: scooter.2
subject/rickshaw: rickshaw
subject/motor_boat: motorboat
subject/liner: passenger_ship
subject/aeroplane: airplane
subject/small_plane: propeller_plane
subject/cable_car: cable_car
subject/balloon: balloon
subject/pumpkin: pumpkin.2, jack-o'-lantern
subject/teddy: teddy
subject/christmas_tree: christmas_tree.5
subject/football: soccer_ball, football.2
subject/basketball: basketball.2
subject/beach_ball: beach_ball
subject/tennis_ball: tennis_ball
subject/bowling: bowling_ball
subject/trophy: trophy.2
subject/magic_wand: wand
subject/die: die
subject/yo_yo: yo-yo
subject/kite: kite.3
subject/carousel_horse: rocking_horse
subject/keyboard_piano: piano
subject/radio: radio.2
subject/television: television.2
subject/camera_object: camera
subject/movie_projector: movie_projector
subject/book: book.2
subject/crown: crown.3, coronet
subject/top_hat: top_hat
subject/gem: gem, jewel
subject/bomb: bomb
subject/sneaker: sneaker
subject/tornado: tornado.1
subject/fire: campfire.1, bonfire.1
subject/globe: globe.3
subject/feather: feather.1
subject/cake: cake.3, cake
subject/orange_fruit: orange
subject/banana: banana.2
subject/pineapple: pineapple.2
subject/cherries: cherry.3
subject/grapes: grape
subject/watermelon: watermelon.2
subject/peach: peach.3
subject/coconut: coconut.2
subject/carrot: carrot.2, carrot.3
subject/corn: corn.3
subject/chilli: chilli
subject/broccoli: broccoli.2
subject/aubergine: aubergine.2
subject/pancakes: pancake
subject/fries: fries
subject/hot_dog: hot_dog.2
subject/taco: taco.2
subject/egg: egg.2
subject/popcorn: popcorn.2
subject/sushi: sushi
subject/noodles: noodle, pasta
subject/doughnut: doughnut.2
subject/candy: candy
subject/honey: honey
subject/coffee: coffee
subject/dove: pigeon
subject/tea_cup: tea
subject/milk: milk
subject/cocktail: cocktail
subject/soda: soda.2
subject/tulip_flower: tulip
subject/hibiscus_flower: hibiscus
subject/lotus: lotus
subject/hyacinth: hyacinth.2
subject/seedling: seedling
subject/potted_plant: houseplant
subject/fir_tree: fir_tree, conifer
subject/leafy_tree: tree
subject/palm_tree: palm_tree
subject/cactus_plant: cactus
subject/rice_plant: wheat
subject/robot: robot
subject/ghost: ghost.3
subject/alien: extraterrestrial
subject/fluffy_monster: monster, mythical_monster, abominable_snowman
subject/ogre: ogre.2, giant.6
subject/wizard: wizard.2, magician
subject/villain: villain.2
subject/elf: elf, gnome, pixie, leprechaun
subject/cherub: cherub.2
subject/merman: merman.2
subject/imp: imp
subject/woman: woman
subject/man: man, human_being.1
subject/runner: runner.2, runner.6
subject/baby: baby
subject/child: child
subject/boy: boy
subject/girl: girl
subject/grandfather: grandfather, old_man
subject/grandmother: grandmother, old_woman
subject/doctor: doctor
subject/judge_person: judge
subject/detective: detective
subject/guard: guard, soldier
subject/builder: carpenter, bricklayer
subject/clown: clown.2
subject/garden_cottage: villa.2
subject/grass_hut: hut.2
subject/church: church.2
subject/temple: temple
subject/japanese_castle: pagoda
subject/greek_temple: parthenon
subject/school_building: school.2
subject/hospital: hospital
subject/bank_building: bank_building
subject/office_tower: office_building, skyscraper
subject/statue_of_liberty: statue_of_liberty
subject/roller_coaster: roller_coaster.2
subject/slide: slide.4
subject/corner_shop: convenience_store
place/meadow: meadow, grassland, plain, field.1, hill, heath, valley
place/snow: mountain, glacier, tundra, ice_field, icecap, mountain_range
place/forest: forest.2, woodland, forest.1
place/desert: desert, dune
place/beach: beach, shore, seashore, coast
place/city: city, street
place/tokyo: tokyo, kyoto, osaka, nagoya, yokohama
place/reef: coral_reef, ocean_floor
place/room: living_room, bedroom, dining_room, hall.1, attic, apartment
place/space: outer_space, planet, moon, moon.6, galaxy.3, asteroid, extraterrestrial_object
place/village: village.2, hamlet.3
place/jungle: jungle.3, rain_forest
place/ocean: ocean, sea
place/river: river, stream, lake, waterfall, swamp
place/farm: farm, barn, stable
place/harbour: harbor, port, pier, marina
place/park: park.2, garden.1, garden.3
place/zoo: zoo
place/gallery: gallery.3, museum
place/kitchen: kitchen
place/library: library.1, library.3, library.5
place/stage: stage.3, theater.1, opera_house, concert_hall
place/sky: sky
place/volcano: volcano.1, volcano.2
place/castle: castle.2, fortress, palace, palace.4
place/cave: cave, mine.1
action/walk: walk
action/run: run.1
action/jump: jump.1, hop.1
action/dance: dance.1, dance.2
action/spin: spin.1, whirl.1
action/fly: fly.1
action/swim: swim.1
action/float: float.1, levitate.2
action/roll: roll.1
action/wave: wave.1
action/look: gaze, look.1
action/grow: grow.2, grow.3
action/arrive: arrive.1, approach.1
action/leave: leave.1, depart.1
action/drive: drive.1, drive.2
action/sail: sail.1, sail.4
action/kneel: kneel, crouch.1, crouch.2
action/stand: stand.1, sit.1, rest.1, sleep.1, lie.2
"""
_LIKE = """
subject/dog: canine.2
subject/cat: feline
subject/lion: big_cat
subject/leopard: cheetah, jaguar
subject/horse: equine, odd-toed_ungulate
subject/deer: ruminant, antelope
subject/cow: bovine, cattle
subject/elephant: pachyderm, proboscidean
subject/mouse: rodent
subject/monkey: primate.2, lemur, ape
subject/kangaroo: marsupial
subject/otter: musteline_mammal
subject/badger: wolverine, ferret
subject/raccoon: procyonid
subject/fox: viverrine, mongoose, hyena
subject/bear: carnivore, cub.3
subject/sloth: edentate, anteater, armadillo
subject/hedgehog: insectivore
subject/rabbit: leporid
subject/whale: cetacean
subject/seal: pinniped_mammal, sirenian
subject/beaver: monotreme
subject/frog: amphibian
subject/lizard: reptile, salamander
subject/snake: serpent
subject/dinosaur: archosaur
subject/snail: gastropod, mollusk
subject/octopus: cephalopod
subject/crab: crustacean, echinoderm
subject/tropical_fish: sea_horse.2, seahorse.2
subject/beetle: insect
subject/butterfly: moth, odonate, lepidopterous_insect, dragonfly
subject/bee: hymenopterous_insect, wasp
subject/housefly: fly
subject/grasshopper: orthopterous_insect, mantis
subject/spider: arachnid
subject/worm: invertebrate
subject/eagle: bird_of_prey, raptorial_bird
subject/duck: waterfowl, anseriform_bird
subject/flamingo: wading_bird, ratite
subject/turkey: gallinaceous_bird
subject/jellyfish: coelenterate
subject/shark: ray.7
subject/car: motor_vehicle, vehicle
subject/tractor: bulldozer, tracked_vehicle
subject/ship: vessel.2, craft.2
subject/sailboat: sailing_vessel, boat
subject/canoe: small_boat, raft.1
subject/aeroplane: aircraft, heavier-than-air_craft
subject/hot_air_balloon: lighter-than-air_craft, airship
subject/rocket: spacecraft, missile.1
subject/train: locomotive
subject/bicycle: velocipede
subject/shopping_cart: handcart
subject/sled: sledge.1
subject/lantern: lamp
subject/guitar: stringed_instrument
subject/violin: bowed_stringed_instrument
subject/trumpet: brass.2, wind_instrument
subject/drum: percussion_instrument
subject/keyboard_piano: keyboard_instrument
subject/teddy: doll
subject/chair: seat.3
subject/bed: couch
subject/sneaker: shoe
subject/umbrella_object: parasol
subject/basket: bucket
subject/backpack: satchel
subject/suitcase: handbag, luggage
subject/easter_island_head: statue
subject/alarm_clock: clock
subject/teapot: pot.1
subject/apple: edible_fruit
subject/orange_fruit: citrus
subject/strawberry: berry.1
subject/carrot: root_vegetable
subject/broccoli: vegetable
subject/cake: dessert
subject/candy: sweet.3, confection
subject/cocktail: alcohol
subject/soda: beverage
subject/bread: baked_goods
subject/noodles: soup
subject/coffee: mug.4
subject/chilli: pepper.4
subject/hamburger: sandwich
subject/cactus_plant: succulent
subject/daisy: flower.1, viola, wildflower, lily, orchid, primrose, poppy
subject/leafy_tree: shrub
subject/herb_plant: fern, vine, grass
subject/palm_tree: bamboo.2
subject/mushroom: fungus
subject/cherub: angel.1
subject/ghost: spirit.4
subject/fluffy_monster: mythical_being
subject/doctor: health_professional
subject/teacher: educator
subject/businessman: businessperson
subject/scientist: scholar
subject/dancer: performer
subject/singer: musician.1, musician.2
subject/painter: artist
subject/king: sovereign
subject/princess: noblewoman, queen.2
subject/runner: athlete
subject/builder: laborer, craftsman
subject/pilot: aviator
subject/guard: serviceman, warrior, combatant
subject/chef: cook, baker
subject/farmer: gardener, husbandman
subject/child: juvenile
subject/cottage: house
subject/church: place_of_worship
place/river: body_of_water
place/ocean: bay, gulf, strait, cove
place/meadow: clearing
place/forest: vegetation
place/kitchen: restaurant
place/city: road.1, urban_area
place/room: room, tavern, casino
place/castle: mansion.2
"""
PEOPLE = ("person.1",)
"""Whoever is nobody that the world knows is a woman or a man."""
NOT = frozenset(
    """mine general pocket pitcher batter commuter drone album john pike speaker chocolate charger chosen locker rice
    stall booth privy hearing character whore user nipple snowball sur tom sofia madison charlotte victoria
    jackson lincoln rose potter patient jordan cooky boxer killer bone impressionist pointillist chess poster
    rocks rock""".split()
)
"""Words that prompts mean otherwise than WordNet, or that nobody should be drawn for."""


Anchor = tuple[str, str, str]
"""A kind and an id of the vocabulary, and a sense of WordNet."""


def _read(table: str) -> tuple[Anchor, ...]:
    told = (line.partition(": ") for line in table.strip().splitlines())
    return tuple((*_split(key), sense.strip()) for key, _, senses in told for sense in senses.split(","))


def _split(key: str) -> tuple[str, str]:
    kind, _, identity = key.partition("/")
    return kind, identity


SAME: tuple[Anchor, ...] = (*(("subject", word, word) for word in _PLAIN.split()), *_read(_SAME))
LIKE: tuple[Anchor, ...] = _read(_LIKE)
